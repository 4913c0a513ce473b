# a + a: roads that meet add up
from autograd import Value

a, b = Value(2.0, "a"), Value(3.0, "b")
s = (a + a).named("s")
L = (s * b + a).named("L")
L.backward()
print(a.grad, "= b + b + 1")
# check: d_L_d_a = 2 * b
# check: d_L_d_b = 2 * a
