package data

import "fmt"

// A Shape is that of an image. Its pixels are held channel by channel, each row by row:
// that of channel c at row y and column x is at (c·Height + y)·Width + x.
type Shape struct {
	Channels, Height, Width int
}

// Size returns the number of pixels, Channels·Height·Width.
func (s Shape) Size() int { return s.Channels * s.Height * s.Width }

// String returns text such as "3×32×32".
func (s Shape) String() string { return fmt.Sprintf("%d×%d×%d", s.Channels, s.Height, s.Width) }

// plane returns the number of pixels of a channel.
func (s Shape) plane() int { return s.Height * s.Width }

const (
	// maxPixels bounds the pixels of an image.
	maxPixels = 1 << 20
	// maxClasses bounds the classes: a label is a byte.
	maxClasses = 256
)

func (s Shape) check() error {
	for _, n := range []int{s.Channels, s.Height, s.Width} {
		switch {
		case n < 1:
			return fmt.Errorf("%w: shape %v", ErrSet, s)
		case n > maxPixels:
			return fmt.Errorf("%w: shape %v", ErrTooLarge, s)
		}
	}
	// Each is at most 2²⁰ here, so that the product is below 2⁶⁰; on machines of 32 bits
	// int64 still holds it.
	if int64(s.Channels)*int64(s.Height)*int64(s.Width) > maxPixels {
		return fmt.Errorf("%w: shape %v", ErrTooLarge, s)
	}
	return nil
}

func checkClasses(classes int) error {
	if classes < 1 || classes > maxClasses {
		return fmt.Errorf("%w: %d classes, which can be 1 to %d", ErrSet, classes, maxClasses)
	}
	return nil
}
