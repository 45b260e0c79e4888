//go:build unix

package main

import "slices"

// A section is a table of the page.
type section struct {
	Title, Note string
	Works       []work
}

// HasMetrics reports whether benchmarks have numbers of their own.
func (s section) HasMetrics() bool {
	return slices.ContainsFunc(s.Works, func(w work) bool { return w.metric != "" })
}

// sections are the tables, with targets and peers' figures as the page explains them.
var sections = []section{
	{
		Title: "Enumeration of all diagrams, each with |Aut|",
		Note: "The peer is nauty: every tree times every set partition, canonical form, a hash set per tree, nothing kept. " +
			"networkx took 2.3 s for 6 edges. `plain` is the plainest enumeration in Go, the tests' oracle.",
		Works: []work{
			{Package: "diagram", Name: "BenchmarkAll/edges=7", What: "55818 diagrams", Peer: "0.080 s", times: "20"},
			{Package: "diagram", Name: "BenchmarkAll/edges=8", What: "598201 diagrams", Peer: "1.13 s", times: "10"},
			{Package: "diagram", Name: "BenchmarkAll/edges=9", What: "7075470 diagrams", Target: "1.37 s, 64 MB", Peer: "16.4 s", times: "5"},
			{Package: "diagram", Name: "BenchmarkAll/edges=10", What: "91341253 diagrams", Target: "64 MB", Peer: "265 s", times: "2"},
			{Package: "diagram", Name: "BenchmarkAll/plain/edges=9", What: "the same as 9 edges", times: "1"},
			{Package: "diagram", Name: "BenchmarkAll/workers=2/edges=10", What: "in order, by two workers", Target: "1.8 times as fast", times: "2"},
			{Package: "diagram", Name: "BenchmarkAll/shards=2/edges=10", What: "in two independent shards", times: "2"},
			{Package: "diagram", Name: "BenchmarkAll/irreducible/edges=9", What: "3700667 irreducible diagrams", Target: "as all, per diagram", times: "5"},
		},
	},
	{
		Title: "Numbers of diagrams by Burnside's lemma",
		Works: []work{
			{Package: "diagram", Name: "BenchmarkCount/edges=10", What: "all"},
			{Package: "diagram", Name: "BenchmarkCount/edges=20", What: "all", Target: "milliseconds"},
			{Package: "diagram", Name: "BenchmarkCount/edges=30", What: "all"},
			{Package: "diagram", Name: "BenchmarkCount/edges=40", What: "all", Target: "5 s", times: "3"},
			{Package: "diagram", Name: "BenchmarkCount/irreducible/edges=40", What: "irreducible ones", Target: "5 s", times: "1"},
			{Package: "diagram", Name: "BenchmarkCount/tied/edges=40", What: "with a tied root", Target: "5 s", times: "1"},
			{Package: "diagram", Name: "BenchmarkCount/bridged/edges=40", What: "with two roots that a part bridges", Target: "5 s", times: "1"},
		},
	},
	{
		Title: "Canonical form with |Aut|",
		Note:  "nauty finds |Aut| alone in 0.4 to 0.7 µs. The other cases of `BenchmarkCanonical`, dozens of them, take less than the last here.",
		Works: []work{
			{Package: "diagram", Name: "BenchmarkParse/edges=10", What: "a text of ten edges", Target: "2 µs"},
			{Package: "diagram", Name: "BenchmarkCanonical/star36", What: "a star of 36 nodes", Target: "1 ms"},
			{Package: "diagram", Name: "BenchmarkCanonical/caterpillar", What: "a caterpillar of 36 nodes", Target: "1 ms"},
			{Package: "diagram", Name: "BenchmarkCanonical/wreath_of_singles", What: "equal branches of 36 nodes, tied across", Target: "1 ms"},
			{Package: "diagram", Name: "BenchmarkCanonical/cube", What: "the cube, encoded", Target: "1 ms"},
			{Package: "diagram", Name: "BenchmarkCanonical/Möbius–Kantor", What: "the Möbius–Kantor graph, encoded", Target: "1 ms"},
			{Package: "diagram", Name: "BenchmarkCanonical/random_5×6_in_parts_of_2", What: "random ties on equal branches", Target: "1 ms"},
			{Package: "diagram", Name: "BenchmarkCanonical/random_17×1_in_parts_of_2,_tied", What: "a random matching of 34 chains, with a tied root", Target: "1 ms"},
		},
	},
	{
		Title: "Embeddings",
		Note:  "Counting maps one by one in C took 1.5 to 4 ns for each; 1000 points alone have 10¹⁸ for six edges.",
		Works: []work{
			{Package: "embed", Name: "BenchmarkCount/sgd-1000-1-1", What: "all diagrams to 6 edges, both forms, SGD N=1000 E=1 B=1", Target: "2 s", times: "10"},
			{Package: "embed", Name: "BenchmarkCount/sgd-1000-10-10", What: "the same, SGD N=1000 E=10 B=10", Target: "2 s", times: "10"},
			{Package: "embed", Name: "BenchmarkCount/gd-100-1000", What: "the same, GD N=100 T=1000", Target: "2 s", times: "10"},
			{Package: "embed", Name: "BenchmarkCount/ragged-1000", What: "to 5 edges, both forms, 1000 random cells, N = T = 100", Target: "2 s", times: "2"},
			{Package: "embed", Name: "BenchmarkCount/ragged-100000", What: "to 6 edges without interlocked parts, 100 random cells a row, N = T = 1000", Target: "5 s", times: "2"},
			{Package: "embed", Name: "BenchmarkPolynomial/edges=6", What: "counting polynomials to 6 edges, both forms", Target: "5 s", times: "2"},
		},
	},
	{
		Title: "Series and values",
		Works: []work{
			{Package: "value", Name: "BenchmarkExpand/order=6", What: "the terms of two-epoch SGD's test loss", times: "5"},
			{Package: "value", Name: "BenchmarkExpand/order=7", What: "the same", times: "2"},
			{Package: "value", Name: "BenchmarkExpand/order=8", What: "the same", times: "1"},
			{Package: "value", Name: "BenchmarkExpand/workers=2/order=8", What: "the same, by two workers", times: "1"},
			{Package: "value", Name: "BenchmarkSeries/exact/order=6", What: "test loss of GD and two-epoch SGD, 3 dimensions, 4 data, in rationals", Target: "10 s", times: "1"},
			{Package: "value", Name: "BenchmarkSeries/float64/order=6", What: "the same in float64", Target: "1 s", times: "2"},
			{Package: "value", Name: "BenchmarkResummed/order=3/dim=50/sgd/discrete", What: "irreducible diagrams, 8 samples, T = 1000", Target: "5 s", times: "1"},
			{Package: "value", Name: "BenchmarkResummed/order=3/dim=50/gd/discrete", What: "the same on GD", Target: "5 s", times: "1"},
			{Package: "value", Name: "BenchmarkResummed/order=3/dim=50/gd/continuous", What: "the same in continuous time", Target: "5 s", times: "1"},
			{Package: "value", Name: "BenchmarkResummed/order=4/dim=12/sgd/discrete", What: "to order 4", Target: "5 s", times: "1"},
			{Package: "value", Name: "BenchmarkResummed/order=4/dim=12/gd/discrete", What: "the same on GD", Target: "5 s", times: "1"},
			{Package: "value", Name: "BenchmarkResummed/order=4/dim=12/gd/continuous", What: "the same in continuous time", Target: "5 s", times: "1"},
		},
	},
	{
		Title: "SGD on toy landscapes",
		Note: "`raw/reduced` is how many times fewer trials give the same standard error with paired differences and control variates, " +
			"`speedup` the rate of two workers over that of one, in the best of turns of milliseconds.",
		Works: []work{
			{Package: "sim", Name: "BenchmarkStep/archimedes", What: "a step of one trial", Target: "100 ns"},
			{Package: "sim", Name: "BenchmarkStep/gauss", What: "the same"},
			{Package: "sim", Name: "BenchmarkWorkers/1", What: "a trial of 10000 steps", times: "2000"},
			{Package: "sim", Name: "BenchmarkWorkers/2", What: "the same, two workers", Target: "1.8 times as fast", times: "2000"},
			{Package: "sim", Name: "BenchmarkVariance/gauss", What: "test loss, N = T = 10, η = 0.1", times: "10000", metric: "raw/reduced"},
			{Package: "sim", Name: "BenchmarkVariance/mean", What: "test loss of GD, N = 10, T = 100, η = 0.1", times: "10000", metric: "raw/reduced"},
			{Package: "sim", Name: "BenchmarkVariance/archimedes", What: "displacement, T = 1000, η = 0.05", times: "10000", metric: "raw/reduced"},
		},
	},
	{
		Title: "Networks",
		Note: "The convnets have 3×32×32 (cifar) and 1×28×28 (fashion) pixels. Peers are PyTorch 1.13, and Gorgonia as it comes, each on one core; " +
			"of two figures for PyTorch's trials the first takes images one by one, the second batches of all trials.",
		Works: []work{
			{Package: "sim/net", Name: "BenchmarkStep/cifar/float32", What: "an update, B = 1", Target: "0.16 ms", Peer: "0.67–0.75 ms PyTorch, 0.53 ms Gorgonia"},
			{Package: "sim/net", Name: "BenchmarkStep/cifar/float64", What: "the same", Target: "0.22 ms"},
			{Package: "sim/net", Name: "BenchmarkStep/workers=2/cifar/float32", What: "one update of each of two workers", Target: "1.8 speedup", metric: "speedup"},
			{Package: "sim/net", Name: "BenchmarkStep/workers=2/cifar/float64", What: "the same", Target: "1.8 speedup", metric: "speedup"},
			{Package: "sim/net", Name: "BenchmarkTrial/fashion", What: "a trial, N = T = 10, B = 1, 40 test points", Target: "1.6 ms", Peer: "7.6 ms, 1.66 ms PyTorch"},
			{Package: "sim/net", Name: "BenchmarkTrial/cifar", What: "the same", Target: "3.5 ms", Peer: "7.9 ms, 3.2–3.6 ms PyTorch"},
			{Package: "sim/net", Name: "BenchmarkJet/D3", What: "D³l[u, v, w] with its gradient, 4 images of cifar, float64", Target: "8 ms", Peer: "18.9 ms Gorgonia"},
			{Package: "sim/net", Name: "BenchmarkStatistics/fashion/order=3", What: "all plain values to order 3 from 1000 images", Target: "1 s", Peer: "0.6 s PyTorch, some of them", times: "2"},
			{Package: "sim/net", Name: "BenchmarkVariance/etaT=0.1", What: "the mean of fashion's trials at ηT = 0.1", Target: "5000 raw/reduced", metric: "raw/reduced", times: "1000"},
			{Package: "sim/net", Name: "BenchmarkVariance/etaT=0.3", What: "the same at 0.3", Target: "100 raw/reduced", metric: "raw/reduced", times: "1000"},
			{Package: "sim/net", Name: "BenchmarkVariance/etaT=1", What: "the same at 1", Target: "4 raw/reduced", metric: "raw/reduced", times: "1000"},
		},
	},
	{
		Title: "Set partitions and cumulants",
		Note:  "The loops by hand, over restricted growth strings, stand beside the benchmarks and run with them.",
		Works: []work{
			{Package: "mobius", Name: "BenchmarkPartitions/n=12/strings", What: "4213597 partitions as strings", Target: "as by hand"},
			{Package: "mobius", Name: "BenchmarkPartitions/n=12/strings-by-hand", What: "by hand"},
			{Package: "mobius", Name: "BenchmarkPartitions/n=12/partitions", What: "as values to keep", Target: "as by hand"},
			{Package: "mobius", Name: "BenchmarkPartitions/n=12/partitions-by-hand", What: "by hand"},
			{Package: "mobius", Name: "BenchmarkCumulants/n=8", What: "all cumulants of 8 variables", Target: "as by hand"},
			{Package: "mobius", Name: "BenchmarkCumulants/by-hand/n=8", What: "one of them by hand"},
		},
	},
}
