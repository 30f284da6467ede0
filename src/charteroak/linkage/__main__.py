"""`python -m charteroak.linkage`: compile the numeric parts for this account, so that no first run waits."""

from charteroak import machine
from charteroak.linkage.ahead import compile_all

compile_all()
print(machine.CACHE or "compiled, but this account has no folder of its own to keep the code in")
