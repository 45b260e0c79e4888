package sim

import (
	"crypto/sha256"
	"testing"
)

// The generator is chacha8rand: its published sample output (C2SP chacha8rand, and the
// tests of Go's internal/chacha8rand).
func TestStreamGenerator(t *testing.T) {
	s := newStream()
	s.source.Seed([32]byte([]byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ123456")))
	for i, want := range []uint64{0xb773b6063d4616a5, 0x1160af22a66abc3c, 0x8c2599d9418d287c, 0x7ee07e037edc5cd6} {
		if got := s.Uint64(); got != want {
			t.Errorf("number %d is %#x, want %#x", i, got, want)
		}
	}
}

// Numbers 0, 1, 123 and 299 of some streams, by a program in another language that has
// SHA-256 from its library and ChaCha8 from the specification. One generator's output is
// 124 numbers to a key; number 299 takes two changes of it.
func TestStreamKnownAnswers(t *testing.T) {
	hash := sha256.Sum256([]byte("a specification"))
	for _, test := range []struct {
		seed, trial uint64
		purpose     purpose
		want        [4]uint64
	}{
		{0, 0, 0, [4]uint64{0x6ff1c401bf319c34, 0x7900e9d0d6b05f64, 0xacdaf3becee366d5, 0x8d32edc8520393af}},
		{0, 0, 1, [4]uint64{0xa12d6b02ecc74d37, 0xa59f7e35c94a3279, 0x7e9ed0bb4c44618c, 0xf993174851d8cb70}},
		{0, 1, 0, [4]uint64{0xc1acd8dd691d020d, 0xefe1abfd15972bce, 0xcc51a2d3c4112461, 0xecfb9d606bcd4120}},
		{1, 0, 0, [4]uint64{0xe645acf9d15fb538, 0xf8a9dc7897914e58, 0x9c6455e2afa89107, 0xf3e6e84cc3673056}},
		{1<<64 - 1, 1 << 63, 2, [4]uint64{0xb0e913530e6939f4, 0x6869051deab2b33b, 0xe14633ccb8242c0b, 0x12c1e8f47a7c4b6f}},
	} {
		s := newStream()
		s.Uint64() // a stream forgets what it was
		s.restart(hash, test.seed, test.trial, test.purpose)
		var got [4]uint64
		for i := range 300 {
			x := s.Uint64()
			for j, at := range [4]int{0, 1, 123, 299} {
				if i == at {
					got[j] = x
				}
			}
		}
		if got != test.want {
			t.Errorf("seed %d, trial %d, purpose %d: %#x, want %#x", test.seed, test.trial, test.purpose, got, test.want)
		}
	}
}
