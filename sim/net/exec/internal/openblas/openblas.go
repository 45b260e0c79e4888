//go:build openblas

// Package openblas links the C library of that name and keeps it to one thread: those who
// multiply matrices run side by side as it is, and sums that were split between threads
// would depend on their number.
//
// The library has to be where the linker looks, or where CGO_LDFLAGS says, such as
// -L/opt/homebrew/opt/openblas/lib.
package openblas

// #cgo LDFLAGS: -lopenblas
// void openblas_set_num_threads(int n);
import "C"

func init() { C.openblas_set_num_threads(1) }
