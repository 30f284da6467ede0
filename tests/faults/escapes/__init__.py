"""What hostile code tries inside the sandbox. Plain Python without imports of the house: it is run in there.

A probe returns when it has succeeded, which is an escape unless the page says why it is harmless, and raises when it
is held back. It reaches for what the test has put up on this machine, and never for an outside address.
"""
