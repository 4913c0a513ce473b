# h1, h2, o1: the network of the first article
from nn import MLP, mean_squared_error

net = MLP(2, [2, 1])
net.set_parameters({"w1": 1, "w2": 1, "b1": 0, "w3": 1, "w4": 1, "b2": 0, "w5": 1, "w6": 1, "b3": 0})
L = mean_squared_error(net([-2, -1]), 1)
L.backward()
print(net.w1, net.w1.grad)
# check: d_L_d_w1 = -2 * (y_true - o1) * o1 * (1 - o1) * w5 * x1
# check: d_L_d_w5 = -0.0452
