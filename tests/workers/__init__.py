"""Workers on engines of others: the programs that deliver, and the hosts that enqueue, start and kill them."""
