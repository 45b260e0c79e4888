package mobius_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"pgregory.net/rapid"
)

func TestBell(t *testing.T) {
	want := []string{ // OEIS A000110
		"1", "1", "2", "5", "15", "52", "203", "877", "4140", "21147", "115975", "678570",
		"4213597", "27644437", "190899322", "1382958545", "10480142147", "82864869804",
		"682076806159", "5832742205057", "51724158235372", "474869816156751",
		"4506715738447323", "44152005855084346", "445958869294805289",
		"4638590332229999353", "49631246523618756274",
	}
	for n, want := range want {
		if got := mobius.Bell(n); got.String() != want {
			t.Errorf("Bell(%d): got %v, want %s", n, got, want)
		}
	}
	if got := mobius.Bell(-1); got.Sign() != 0 {
		t.Errorf("Bell(-1): got %v, want 0", got)
	}
}

func TestStirling(t *testing.T) {
	want := [][]int64{ // OEIS A008277, with column 0 of A048993
		{1},
		{0, 1},
		{0, 1, 1},
		{0, 1, 3, 1},
		{0, 1, 7, 6, 1},
		{0, 1, 15, 25, 10, 1},
		{0, 1, 31, 90, 65, 15, 1},
		{0, 1, 63, 301, 350, 140, 21, 1},
		{0, 1, 127, 966, 1701, 1050, 266, 28, 1},
		{0, 1, 255, 3025, 7770, 6951, 2646, 462, 36, 1},
		{0, 1, 511, 9330, 34105, 42525, 22827, 5880, 750, 45, 1},
	}
	for n, row := range want {
		for k, want := range row {
			if got := mobius.Stirling(n, k); got.Int64() != want {
				t.Errorf("Stirling(%d, %d): got %v, want %d", n, k, got, want)
			}
		}
	}
	for _, nk := range [][2]int{{3, -1}, {3, 4}, {-1, -1}, {-1, 0}} {
		if got := mobius.Stirling(nk[0], nk[1]); got.Sign() != 0 {
			t.Errorf("Stirling(%d, %d): got %v, want 0", nk[0], nk[1], got)
		}
	}
	for n := range 70 {
		sum := new(big.Int)
		for k := range n + 1 {
			sum.Add(sum, mobius.Stirling(n, k))
		}
		if bell := mobius.Bell(n); sum.Cmp(bell) != 0 {
			t.Errorf("n = %d: Stirling numbers add up to %v, want %v", n, sum, bell)
		}
	}
}

func TestRank(t *testing.T) {
	for n := range 8 {
		rank := int64(0)
		for p := range mobius.Partitions(n) {
			if got := p.Rank(); got.Int64() != rank {
				t.Errorf("%v.Rank(): got %v, want %d", p, got, rank)
			}
			if got, err := mobius.Unrank(n, big.NewInt(rank)); err != nil || got != p {
				t.Errorf("Unrank(%d, %d): got %v, %v, want %v", n, rank, got, err, p)
			}
			rank++
		}
	}
}

// 25 and 26 elements are on either side of the largest rank that fits an int64.
func TestRankRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{16, 25, 26, mobius.MaxLen}).Draw(t, "n")
		p := partition(n).Draw(t, "p")
		if got, err := mobius.Unrank(n, p.Rank()); err != nil || got != p {
			t.Errorf("Unrank(%d, %v): got %v, %v, want %v", n, p.Rank(), got, err, p)
		}
		q := partition(n).Draw(t, "q")
		if got, want := p.Rank().Cmp(q.Rank()), mobius.Compare(p, q); got != want {
			t.Errorf("ranks of %v and %v compare as %d, want %d", p, q, got, want)
		}
	})
}

func TestRankEnds(t *testing.T) {
	one := big.NewInt(1)
	for n := range mobius.MaxLen + 1 {
		if rank := must(mobius.Coarsest(n)).Rank(); rank.Sign() != 0 {
			t.Errorf("Coarsest(%d): rank %v, want 0", n, rank)
		}
		last := new(big.Int).Sub(mobius.Bell(n), one)
		if rank := must(mobius.Finest(n)).Rank(); rank.Cmp(last) != 0 {
			t.Errorf("Finest(%d): rank %v, want %v", n, rank, last)
		}
		for _, rank := range []*big.Int{nil, big.NewInt(-1), mobius.Bell(n)} {
			if p, err := mobius.Unrank(n, rank); !errors.Is(err, mobius.ErrRank) {
				t.Errorf("Unrank(%d, %v): got %v, %v, want ErrRank", n, rank, p, err)
			}
		}
	}
}

// The enumeration starts with the first ranks where it is too long to end.
func TestRankOfMany(t *testing.T) {
	rank := int64(0)
	for p := range mobius.Partitions(mobius.MaxLen) {
		if got := must(mobius.Unrank(mobius.MaxLen, big.NewInt(rank))); got != p {
			t.Fatalf("rank %d: Unrank %v, enumerated %v", rank, got, p)
		}
		if rank++; rank == 1000 {
			break
		}
	}
}
