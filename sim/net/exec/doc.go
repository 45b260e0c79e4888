// Package exec runs the expressions of package expr.
//
// An [Executor] turns a graph, already differentiated, into a [Program] that computes some
// of its nodes from its inputs. [CPU] is the one to use: it lowers the graph to a flat
// list of fused steps over buffers allocated once, for one core, in pure Go and its
// assembly. [Reference] computes node after node by the operations' own definitions, slowly.
// Neither models nor trials know which they run on, so another executor, for another
// machine, needs no more than these two interfaces: the kinds of operations are few, and
// no executor has to differentiate.
//
// # OpenBLAS
//
// By default there is no need for a C compiler. The build tag openblas makes CPU leave
// products of matrices to OpenBLAS, by way of gonum.org/v1/netlib, if they take 4096
// multiplications or more; for fewer a call of C costs more than it saves. It takes a C
// compiler and the library, on Debian that of libopenblas-dev:
//
//	go test -tags openblas ./sim/net/...
//
// Products are then made about twice as fast, but are less than half of the work of the
// small networks here: the paper's convnet makes its steps 1.2 times as fast in either
// precision, and third derivatives for batches of 4, 1.4 times. Networks of wide layers
// gain more, those whose products are all below the bound nothing.
//
// The library is kept to one thread, whatever OPENBLAS_NUM_THREADS says, as the workers of
// an experiment run side by side. So equal inputs still give equal bits, though others than
// without the tag, and than another build of the library.
package exec
