package data

import "testing"

// BenchmarkSynthetic makes 1000 images.
func BenchmarkSynthetic(b *testing.B) {
	for _, f := range []Format{CIFAR10, FashionMNIST} {
		b.Run(f.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := Synthetic(Synthesis{f.Shape(), f.Classes(), 1000, 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkImage gives one image.
func BenchmarkImage(b *testing.B) {
	s, err := Synthetic(Synthesis{CIFAR10.Shape(), 10, 100, 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("float32", func(b *testing.B) {
		dst := make([]float32, s.Shape().Size())
		for i := 0; b.Loop(); i++ {
			s.Image32(dst, i%100)
		}
	})
	b.Run("float64", func(b *testing.B) {
		dst := make([]float64, s.Shape().Size())
		for i := 0; b.Loop(); i++ {
			s.Image(dst, i%100)
		}
	})
}
