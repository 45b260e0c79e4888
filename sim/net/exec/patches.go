package exec

import "github.com/perturb-go/perturb/sim/net/expr"

// A window says where the rows of a convolution's windows are in its images: run elements
// from each start, in the order of the patches.
type window[T Float] struct {
	starts []int32
	run    int
}

func newWindow[T Float](p expr.Patch, pixels int) window[T] {
	down, across := p.Positions()
	w := window[T]{run: p.Side * p.Channels}
	for image := 0; image < pixels; image += p.Height * p.Width {
		for i := range down {
			for j := range across {
				for r := range p.Side {
					pixel := image + (i*p.Stride+r)*p.Width + j*p.Stride
					w.starts = append(w.starts, int32(pixel*p.Channels))
				}
			}
		}
	}
	return w
}

// gather sets patches from images.
func (w window[T]) gather(patches, images []T) {
	at := 0
	for _, s := range w.starts {
		copy(patches[at:at+w.run], images[s:])
		at += w.run
	}
}

// scatter sets images to the sums of patches.
func (w window[T]) scatter(images, patches []T) {
	clear(images)
	at := 0
	for _, s := range w.starts {
		addScaled(images[s:int(s)+w.run], 1, patches[at:at+w.run])
		at += w.run
	}
}
