//go:build !race

package stops

const slower = 1
