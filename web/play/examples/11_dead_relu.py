# A dead relu: no gradient comes through
from autograd import Value

x, w, b, v = Value(1.0, "x"), Value(0.5, "w"), Value(-2.0, "b"), Value(1.5, "v")
z = (w * x + b).named("z")
h = z.relu().named("h")
L = ((1.0 - v * h) ** 2).named("L")
L.backward()
print("z =", z.data, "h =", h.data, "d_L_d_w =", w.grad)
# Change b to 1 in the picture: the neuron lives, and every factor with it.
# check: d_L_d_w = -2 * (1 - v * h) * v * x
