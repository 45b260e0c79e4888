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

    def __truediv__(self, n):
        return Tensor([[a / n for a in row] for row in self.x])

    def mean(self):
        return Tensor(statistics.fmean(self.x))

    def std(self):
        return Tensor(statistics.stdev(self.x))


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


def cov(rows):
    apart = [[x - statistics.fmean(row) for x in row] for row in rows.x]
    return Tensor([[sum(x * y for x, y in zip(a, b)) / (len(a) - 1) for b in apart] for a in apart])
