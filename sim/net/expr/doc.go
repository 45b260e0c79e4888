// Package expr builds expressions in matrices as Gorgonia graphs, and differentiates
// them: any number of times backwards, and to any order forwards.
//
// A [Builder] makes a graph out of inputs and of operations, each of a [Kind]. The kinds
// are few, and closed under differentiation: the pullback of each, which is what reverse
// mode needs, is made of them, and so is its jet.
//
//	MatMul                       a·bᵀ, a·b or aᵀ·b, times a number
//	Patch, Fold                  the patches of images that convolutions see, and the adjoint
//	Reshape                      the same elements in the same order
//	Combine, Mul, Fill           linear combinations, elementwise products, constants
//	Tanh, OneMinusSquare, Exp    functions of every element
//	LogSoftmax, RowSum           along every row
//	Repeat, SumRows              a row to many, and the adjoint
//
// Everything is a matrix; a number is 1×1. Images are matrices too: a row is a pixel, a
// column a channel, and the pixels of a batch of images stand one image after the other,
// each row by row. So a convolution is a MatMul of patches, and Reshape makes an image one
// row.
//
// [Gradient] is reverse mode. It may be applied to a gradient again, in the same graph,
// where Gorgonia's own Backpropagate is silently wrong. [Lift] is forward mode: it
// replaces every node by a jet, its Taylor coefficients along one direction or several.
// The gradient of a coefficient is one more reverse pass.
//
// Operations are Gorgonia's: they implement gorgonia.SDOp and run on its machines, by Do,
// in plain loops over float64. Package exec runs graphs fast.
package expr
