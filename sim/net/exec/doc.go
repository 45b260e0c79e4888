// Package exec runs the expressions of package expr.
//
// An [Executor] turns a graph, already differentiated, into a [Program] that computes some
// of its nodes from its inputs. [CPU] is the one to use: it lowers the graph to a flat
// list of fused steps over buffers allocated once, for one core, in pure Go and its
// assembly. [Reference] computes node after node by the operations' own definitions, slowly.
// Neither models nor trials know which they run on, so another executor, for another
// machine, needs no more than these two interfaces: the kinds of operations are few, and
// no executor has to differentiate.
package exec
