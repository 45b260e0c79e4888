"""What the script of README.md calls of PyTorch, for where there is none: vectors and
matrices as lists, and the derivatives of the losses a·w + w·B w/2."""

import random
import statistics

random.seed(1)
float64 = None


class Tensor:
    def __init__(self, x):
        self.x = x

    def item(self):
        return self.x

    def tolist(self):
        return self.x

    def clone(self):
        return self

    def requires_grad_(self):
        return self

    def detach(self):
        return self

    def __iter__(self):
        return map(Tensor, self.x)

    def __matmul__(self, other):
        return Tensor(sum(a * b for a, b in zip(self.x, other.x)))

    def mean(self, axis):
        return Tensor([statistics.fmean(column) for column in zip(*self.x)])

    def std(self, axis):
        return Tensor([statistics.stdev(column) for column in zip(*self.x)])


class Data(list):
    """Data are taken by lists of their numbers."""

    def __getitem__(self, numbers):
        return [list.__getitem__(self, i) for i in numbers]


class Loss(Tensor):
    """A mean of losses, and its derivatives."""

    def __init__(self, w, a, B):
        mean = lambda items: [statistics.fmean(x) for x in zip(*items)]
        self.w, self.a, self.B = w, mean(a), [mean(rows) for rows in zip(*B)]
        Bw = times(self.B, w)
        super().__init__((Tensor(self.a) @ w).x + (w @ Bw).x / 2)

    def derivative(self, _):
        g = Tensor([a + b for a, b in zip(self.a, times(self.B, self.w).x)])
        g.derivative = lambda v: times(self.B, v)
        return g


def times(matrix, v):
    return Tensor([(Tensor(row) @ v).x for row in matrix])


class autograd:
    def grad(of, w, along=None, create_graph=False, retain_graph=False):
        return (of.derivative(along),)


def randint(n, size):
    return [random.randrange(n) for _ in range(size[0])]


def tensor(x, dtype=None):
    return Tensor(x)
