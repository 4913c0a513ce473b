# Diabetes: one neuron, and the article's mistake
from nn import Neuron, half_squared_error
from nn.articles import sigmoid_with_mistake

weights, bias = [0.37, 0.95, 0.73], 0.6
mistaken = Neuron(weights=weights, bias=bias, activation=sigmoid_with_mistake)
L = half_squared_error(mistaken([0, 1, 0]), 1)
L.backward()
print("by the article's slope, taken at the output:", mistaken.w2.grad)

neuron = Neuron(weights=weights, bias=bias)
L = half_squared_error(neuron([0, 1, 0]), 1)
L.backward()
print("by the chain rule:", neuron.w2.grad)
# check: d_L_d_w2 = -(y_true - o1) * o1 * (1 - o1) * x2
