# Log loss: two moons, eight neurons without biases
from nn import MLP, SGD, accuracy, binary_cross_entropy, fit, two_moons

inputs, targets = two_moons(100, noise=0.1, seed=1)
net = MLP(2, [8, 1], bias=False, seed=1)
history = fit(net, inputs, targets, binary_cross_entropy, SGD(net.parameters(), 1.0), epochs=300, batch_size=None)
print(history, f"{accuracy(net, inputs, targets):.0%}")
L = binary_cross_entropy(net(inputs[0]), targets[0])
