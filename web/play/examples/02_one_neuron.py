# One neuron, with the chain rule by hand
from autograd import Value

x, w, b, y_true = Value(2.0, "x"), Value(-0.5, "w"), Value(1.5, "b"), Value(1.0, "y_true")
h = (w * x + b).sigmoid().named("h")
L = ((y_true - h) ** 2).named("L")
L.backward()

by_hand = -2 * (y_true.data - h.data) * h.data * (1 - h.data) * x.data
print(f"d_L_d_w = {w.grad:.6f}, by hand {by_hand:.6f}")
# check: d_L_d_w = -2 * (y_true - h) * h * (1 - h) * x
# check: d_L_d_b = -0.177
