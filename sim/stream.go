package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// A purpose is what a stream of random numbers is for.
type purpose byte

const (
	trainingPoints purpose = iota
	testPoints
	dynamics // noise, and the orders of reshuffled epochs
)

// A stream is a source of random numbers: ChaCha8, as in C2SP's chacha8rand, keyed by
//
//	SHA-256(key ‖ seed ‖ trial ‖ purpose),
//
// with the key of the specification, the numbers as 8 bytes, big-endian, and the purpose as
// one. No two streams are related, whichever of these differ, as far as anyone knows of
// these functions. Numbers of other distributions are made of its 64-bit ones by
// math/rand/v2.
type stream struct {
	*rand.Rand
	source *rand.ChaCha8
}

func newStream() stream {
	source := rand.NewChaCha8([32]byte{})
	return stream{rand.New(source), source}
}

// restart begins the stream with the given key.
func (s stream) restart(spec [32]byte, seed, trial uint64, p purpose) {
	var key [49]byte
	copy(key[:], spec[:])
	binary.BigEndian.PutUint64(key[32:], seed)
	binary.BigEndian.PutUint64(key[40:], trial)
	key[48] = byte(p)
	s.source.Seed(sha256.Sum256(key[:]))
}
