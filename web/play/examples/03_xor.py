# xor: learn it, then look inside
from nn import MLP, SGD, fit, half_squared_error
from nn.data import XOR

net = MLP(2, [3, 1], seed=1)
history = fit(net, *XOR, half_squared_error, SGD(net.parameters(), 1.0), epochs=3000, batch_size=None, reduction="sum")
print(history)
for inputs, target in zip(*XOR):
    print(inputs, "should be", target, "and is", round(net.predict(inputs), 2))
L = half_squared_error(net([1, 0]), 1)
# check: d_L_d_b4 = -(y_true - o1) * o1 * (1 - o1)
