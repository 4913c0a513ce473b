# An operation of your own, by one row
from autograd import Value, define_operation, grad

gauss = define_operation("gauss", "exp(-x * x)", {"x": "-2 * x * out"}, "it falls off on both sides of 0")
print(gauss(0.5), grad(gauss)(0.5), grad(grad(gauss))(0.5))

x, k = Value(0.5, "x"), Value(3.0, "k")
L = (k * gauss(x).named("g")).named("L")
L.backward()
# check: d_L_d_x = -2 * k * x * exp(-x ** 2)
