# Breast cancer: 30 inputs, 4 hidden neurons
from nn import MLP, SGD, accuracy, breast_cancer, fit, mean_squared_error, split, standardise

inputs, targets, other_inputs, other_targets = split(*breast_cancer(), held_out=0.2, seed=1)
inputs, other_inputs = standardise(inputs, other_inputs)
net = MLP(30, [4, 1], bias_init="zero", seed=1)
history = fit(net, inputs, targets, optimizer=SGD(net.parameters(), 0.5), epochs=60, batch_size=None)
print(history)
print(f"{accuracy(net, other_inputs, other_targets):.1%} of the held-out samples are right")
L = mean_squared_error(net(inputs[0]), targets[0])
# check: d_L_d_b5 = -2 * (y_true - o1) * o1 * (1 - o1)
