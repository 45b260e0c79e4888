//go:build !openblas

package exec

// products32 and products64 are the products of matrices that programs use.
var products32, products64 = rows32.gemms(), rows64.gemms()
