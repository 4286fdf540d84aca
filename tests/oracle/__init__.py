"""The decision table judged a second time, from DOMAIN alone and in another form.

Rights are policies in Cedar (``*.cedar``), what may happen is lines of text (``tables``), what has to hold besides is
conditions by name. Nothing that judges knows ``kundorder`` but for its vocabulary; only ``built`` makes records of it.
"""
