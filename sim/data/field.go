package data

import (
	"math/big"
	"math/rand/v2"
)

// All of a synthetic image is made in integers, so that it has the same bytes wherever it
// is made: floating-point numbers may be rounded once or twice in x·y + z, as the platform
// likes.

// bellDeviation is the standard deviation of bell, √((2³²−1)/3), rounded down.
const bellDeviation = 37837

// bell draws a number of mean 0 and deviation bellDeviation whose distribution is nearly
// normal: the sum of four independent 16-bit numbers, less its mean. It is below 2¹⁷.
func bell(r rand.Source) int64 {
	x := r.Uint64()
	return int64(x&0xffff+x>>16&0xffff+x>>32&0xffff+x>>48) - 2*0xffff
}

// A field makes random fields on a torus of height·width pixels: white noise, averaged
// twice over squares of 2r+1 pixels. Their correlation reaches over about 2r+1 pixels.
type field struct {
	height, width int
	radius        int
	scale         int64 // deviation of a pixel before it is scaled
	next          []int64
}

func newField(height, width int) *field {
	f := &field{height: height, width: width, radius: smoothing(min(height, width)), next: make([]int64, height*width)}
	// The deviation is that of white noise times the norm of the response to an impulse.
	impulse := make([]int64, height*width)
	impulse[0] = 1
	f.smooth(impulse)
	norm := new(big.Int)
	for _, w := range impulse {
		norm.Add(norm, big.NewInt(w*w))
	}
	f.scale = norm.Sqrt(norm).Int64() * bellDeviation
	return f
}

// smoothing returns the radius for a torus whose shorter side is given: an eighth of it,
// at most 32, and at least 1 where a square of 3 pixels fits.
func smoothing(side int) int { return max(min(side/8, 32), min(1, (side-1)/2)) }

// add adds a random field of the given deviation to the pixels of dst.
//
// Products fit: a square has at most 65² pixels, so that two rounds multiply by less than
// 2²⁵, bell is below 2¹⁷, and deviations are below 2¹⁴.
func (f *field) add(dst []int64, r rand.Source, deviation int64, noise []int64) {
	for i := range noise {
		noise[i] = bell(r)
	}
	f.smooth(noise)
	for i, v := range noise {
		dst[i] += v * deviation / f.scale
	}
}

// smooth replaces each pixel by the sum over the square about it, twice.
func (f *field) smooth(pixels []int64) {
	for range 2 {
		for y := range f.height {
			f.sums(pixels[y*f.width:], f.width, 1)
		}
		for x := range f.width {
			f.sums(pixels[x:], f.height, f.width)
		}
	}
}

// sums replaces each of the n pixels at multiples of stride by the sum over the 2r+1 about
// it, around the circle.
func (f *field) sums(pixels []int64, n, stride int) {
	line := f.next[:n]
	sum := pixels[0]
	for k := 1; k <= f.radius; k++ {
		sum += pixels[k*stride] + pixels[(n-k)*stride]
	}
	ahead, behind := f.radius+1, n-f.radius
	for i := range line {
		line[i] = sum
		if ahead >= n {
			ahead -= n
		}
		if behind >= n {
			behind -= n
		}
		sum += pixels[ahead*stride] - pixels[behind*stride]
		ahead++
		behind++
	}
	for i, v := range line {
		pixels[i*stride] = v
	}
}
