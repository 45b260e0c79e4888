// Package net has networks as landscapes: classifiers of images, on which every
// optimizer, trial, estimate and verdict of package sim runs, and whose diagrams package
// measure measures.
//
// # The flow of data
//
//		Model ──▶ graph of the loss ──▶ jet ──▶ gradient ──▶ program ──▶ Landscape
//		            (expr)             (expr)    (expr)       (exec)      of Points
//
//	  - A [Model] builds the mean loss of a batch as a Gorgonia graph out of the operations
//	    of package expr. [Logistic], [Convnet] and [Classifier] make those of the paper and
//	    others; anybody can write one.
//	  - For a derivative along k directions the graph is lifted to jets, of which the last
//	    coefficient is ∇^k l[v_1, …, v_k]; one reverse pass gives its gradient. So no Hessian
//	    or higher tensor is ever formed.
//	  - Package exec compiles that, once for each k and size of batch.
//	  - A [Landscape] is a model with [Points], the population of its data: the uniform
//	    distribution over finitely many (P §C.2). A datum of package sim is the index of a
//	    point.
//
// # Precision
//
// Landscapes compute in float64 or float32. Weights, losses and gradients come and go in
// float64. A mean over a batch is that of at most 4 data at a time in the precision of the
// landscape, and over these in float64. float32 is for long ensembles of trials, float64
// for derivatives.
//
// # Determinism
//
// The same numbers give the same bits, on one kind of processor and with the same build
// tags (package exec has one, openblas), whatever ran before and in however many
// goroutines, each with a Clone of its own.
//
// P is the paper "A Perturbative Analysis of Stochastic Descent".
package net
