package exec

import "golang.org/x/sys/cpu"

//go:noescape
func dot4x32(k int, x, b, out *float32, scale float32, add bool)

//go:noescape
func dot4x64(k int, x, b, out *float64, scale float64, add bool)

//go:noescape
func axpy4x32(k int, y, b, c *float32, stride int, scale float32)

//go:noescape
func axpy4x64(k int, y, b, c *float64, stride int, scale float64)

func init() {
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		rows32.four, rows32.dot4, rows32.axpy4 = true, dot4x32, axpy4x32
		rows64.four, rows64.dot4, rows64.axpy4 = true, dot4x64, axpy4x64
	}
}
