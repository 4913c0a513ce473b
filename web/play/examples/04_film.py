# xor: the film of its training
from nn import MLP, SGD, fit, half_squared_error
from nn.data import XOR

net = MLP(2, [3, 1], seed=1)
history = fit(net, *XOR, half_squared_error, SGD(net.parameters(), 1.0), epochs=3000, batch_size=None, film=True)
history.film
