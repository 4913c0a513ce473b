# A number explodes: where did the NaN come from?
from autograd import Value, find_nonfinite

speed, duration = Value(1e200, "speed"), Value(1e200, "duration")
way = (speed * duration).named("way")
L = ((way - way).named("rest") ** 2).named("L")
print(find_nonfinite(L))
