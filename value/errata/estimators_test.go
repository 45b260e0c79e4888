package errata

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/mobius"
)

// (7), with one factor for each part, for more partitions and batch sizes; with μ⁻¹(d) read
// as a preimage, P's product over all d is the same.
func TestEquation7(t *testing.T) {
	for _, text := range []string{"0", "01", "0-1", "012", "02-1", "0-1-2"} {
		mu := mobius.MustParse(text)
		D := mu.Len()
		for S := 1; S <= 3; S++ {
			// The parts share the sample bit by bit: part i has batch i.
			truth, err := overBits(mu.NumParts()*S, func(sample []*big.Rat) (*big.Rat, error) {
				total := frac(1, 1)
				for d := range D {
					i := mu.PartOf(d)
					total.Mul(total, sum(sample[i*S:(i+1)*S]...))
				}
				return total, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			preimages := make([][]int, D) // under the map to the least element of the part
			for d := range D {
				least := mu.Parts()[mu.PartOf(d)][0]
				preimages[least] = append(preimages[least], d)
			}
			same(t, fmt.Sprintf("μ = %s, S = %d, over im(μ)", text, S), equation7(mu, S, mu.Parts()...), truth)
			same(t, fmt.Sprintf("μ = %s, S = %d, over preimages", text, S), equation7(mu, S, preimages...), truth)
		}
	}
}

// In the example of complete symmetry, the statistic {x}_01-2 for the correlator ⟨x⟩_01-2 gives
// a bias with either sign; the correlator with a minus gives none.
func TestSymmetricExample(t *testing.T) {
	const D = 3
	whole, pair, apart := mobius.MustParse("012"), mobius.MustParse("01-2"), mobius.MustParse("0-1-2")
	for S := 2; S <= 4; S++ {
		for _, c := range []struct {
			sign       int64
			statistics bool
			unbiased   bool
		}{{1, false, false}, {-1, false, true}, {1, true, false}, {-1, true, false}} {
			got, err := overBits(D*S, func(sample []*big.Rat) (*big.Rat, error) {
				f, statistic, err := estimates(sample, D, S)
				of := f.At
				if c.statistics {
					of = statistic
				}
				return sum(
					product(frac(int64(S*S), 1), statistic(whole)),
					product(frac(-1, 1), falling(S-1, 2), of(apart)),
					product(frac(3*c.sign, 1), falling(S-1, 1), of(pair)),
				), err
			})
			if err != nil {
				t.Fatal(err)
			}
			if unbiased := got.Cmp(correlator(whole)) == 0; unbiased != c.unbiased {
				t.Errorf("S = %d, sign %d, {x} %v: mean %v for %v", S, c.sign, c.statistics, got, correlator(whole))
			}
		}
	}
}
