package data

import (
	"fmt"
	"math"
	"math/big"
	"slices"
)

// A Standard is how pixels become numbers: v of channel c becomes
//
//	(v/255 − Mean[c]) / Deviation[c],
//
// rounded once per operation in float64, and once more for float32.
type Standard struct {
	Mean, Deviation []float64 // one for each channel, in units of 255 levels
}

func (s Standard) clone() Standard {
	return Standard{slices.Clone(s.Mean), slices.Clone(s.Deviation)}
}

// A table has what each of the 256 levels of a pixel becomes, for each channel.
type table[F float32 | float64] [][256]F

func (s Standard) table() table[float64] {
	t := make(table[float64], len(s.Mean))
	for c := range t {
		for v := range t[c] {
			t[c][v] = (float64(v)/255 - s.Mean[c]) / s.Deviation[c]
		}
	}
	return t
}

// single rounds a table to float32.
func (t table[F]) single() table[float32] {
	out := make(table[float32], len(t))
	for c := range t {
		for v := range t[c] {
			out[c][v] = float32(t[c][v])
		}
	}
	return out
}

// look sets dst to what the pixels of an image become.
func (t table[F]) look(dst []F, image []byte) {
	plane := len(image) / len(t)
	for c := range t {
		levels := &t[c]
		to := dst[c*plane : (c+1)*plane]
		for i, v := range image[c*plane : (c+1)*plane] {
			to[i] = levels[v]
		}
	}
}

func (s Standard) check(channels int) error {
	if len(s.Mean) != channels || len(s.Deviation) != channels {
		return fmt.Errorf("%w: %d means and %d deviations of %d channels", ErrSet, len(s.Mean), len(s.Deviation), channels)
	}
	for c, d := range s.Deviation {
		if !(d > 0) {
			return fmt.Errorf("%w: deviation %v of channel %d", ErrSet, d, c)
		}
	}
	for c, levels := range s.table().single() {
		// The levels are monotone, so that the ends tell whether all are finite.
		for _, v := range []float32{levels[0], levels[255]} {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				return fmt.Errorf("%w: mean %v and deviation %v of channel %d", ErrSet, s.Mean[c], s.Deviation[c], c)
			}
		}
	}
	return nil
}

// A tally has the sums, over the images added, of the levels of each channel and of their
// squares. They are exact: the data held are below 2³³ bytes, and 2³³·255² is below 2⁶⁴.
type tally struct {
	pixels      uint64 // of each channel
	sum, square []uint64
}

func newTally(channels int) *tally {
	return &tally{sum: make([]uint64, channels), square: make([]uint64, channels)}
}

func (t *tally) add(image []byte) {
	plane := len(image) / len(t.sum)
	for c := range t.sum {
		var sum, square uint64
		for _, v := range image[c*plane : (c+1)*plane] {
			sum += uint64(v)
			square += uint64(v) * uint64(v)
		}
		t.sum[c] += sum
		t.square[c] += square
	}
	t.pixels += uint64(plane)
}

func (t *tally) merge(other *tally) {
	for c := range t.sum {
		t.sum[c] += other.sum[c]
		t.square[c] += other.square[c]
	}
	t.pixels += other.pixels
}

// standard returns the mean and the deviation of each channel, correctly rounded from
// their squares: those of the population, with no Bessel factor. A constant channel has
// deviation 1, so that it becomes 0.
func (t *tally) standard() Standard {
	var s Standard
	whole := new(big.Int).SetUint64(t.pixels)
	whole.Mul(whole, big.NewInt(255))
	for c := range t.sum {
		sum := new(big.Int).SetUint64(t.sum[c])
		mean, _ := new(big.Rat).SetFrac(sum, whole).Float64()
		s.Mean = append(s.Mean, mean)
		s.Deviation = append(s.Deviation, t.deviation(c, sum, whole))
	}
	return s
}

// deviation returns √(n Σv² − (Σv)²) / (255 n).
func (t *tally) deviation(c int, sum, whole *big.Int) float64 {
	spread := new(big.Int).SetUint64(t.pixels)
	spread.Mul(spread, new(big.Int).SetUint64(t.square[c]))
	spread.Sub(spread, new(big.Int).Mul(sum, sum))
	if spread.Sign() == 0 {
		return 1
	}
	variance, _ := new(big.Rat).SetFrac(spread, new(big.Int).Mul(whole, whole)).Float64()
	return math.Sqrt(variance)
}
