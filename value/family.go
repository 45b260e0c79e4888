package value

import (
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/embed"
)

// A Family is dynamics whose steps are all alike, of any size: those for which sums over
// times have closed forms in the number of steps (P Theorem 1 and Remark 2). Its formulas
// are in the scalars
//
//	η, the learning rate;
//	T, the number of updates, or the time over η;
//	B, the batch size of OneEpoch and Diffusion, where N = T·B;
//	N, the number of training points of FullBatch.
type Family int

// The families; the zero Family is OneEpoch.
const (
	OneEpoch      Family = iota // SGD that visits each of N = T·B points once, in batches of B: embed.OneEpoch
	FullBatch                   // GD: every update averages over all N points: embed.GD
	Flow                        // gradient flow for the time ηT: embed.ODE
	Diffusion                   // the Itô equation with the noise of batches of B: embed.SDE
	GaussianNoise               // SGD, B = 1, with fresh Gaussian noise of the same covariance: embed.Gaussian
)

// String returns the words for a family.
func (f Family) String() string {
	switch f {
	case OneEpoch:
		return "one-epoch SGD"
	case FullBatch:
		return "GD"
	case Flow:
		return "ODE"
	case Diffusion:
		return "SDE"
	case GaussianNoise:
		return "SGD with Gaussian noise"
	}
	return fmt.Sprintf("Family(%d)", int(f))
}

// A familyTraits is what a family's formulas depend on.
type familyTraits struct {
	nodes      bool   // whether the events are nodes rather than parts
	batch      string // the scalar by whose power −1 a part counts for each node beyond the first; "" for 1
	rows       string // N, the rows, in these scalars; "" where there is no training set
	maxPart    int    // the size above which parts have weight 0; 0 stands for no such size
	continuous bool   // whether there is no discrete kind
}

func (f Family) traits() (familyTraits, error) {
	switch f {
	case OneEpoch:
		return familyTraits{batch: "B", rows: "T·B"}, nil
	case FullBatch:
		return familyTraits{nodes: true, batch: "N", rows: "N"}, nil
	case Flow:
		return familyTraits{maxPart: 1, continuous: true}, nil
	case Diffusion:
		return familyTraits{batch: "B", maxPart: 2, continuous: true}, nil
	case GaussianNoise:
		return familyTraits{maxPart: 2}, nil
	}
	return familyTraits{}, fmt.Errorf("%w: no formulas for %v", ErrKind, f)
}

// FamilyOf returns the family that dynamics belong to, and their sizes: T, but not for
// embed.Forever; B or N where the family has it; and η, the factor by which embed.Scaled or
// Grid.Scale change the learning rate. It is not ok for dynamics in no family: several epochs in batches, unequal
// weights, idle rows, random reshuffles.
func FamilyOf(d embed.Dynamics) (f Family, sizes map[string]*big.Rat, ok bool) {
	timing, ok := embed.TimingOf(d)
	if !ok {
		return 0, nil, false
	}
	c, ok := clockOf(timing)
	if !ok {
		return 0, nil, false
	}
	points := new(big.Rat).Set(c.batch)
	if !c.nodes {
		points.Mul(points, c.time)
	}
	if !c.endless && d.Rows() > 0 && points.Cmp(big.NewRat(d.Rows(), 1)) != 0 {
		return 0, nil, false // idle rows
	}
	sizes = map[string]*big.Rat{"η": c.rate}
	if !c.endless {
		sizes["T"] = c.time
	}
	switch {
	case c.nodes:
		f, sizes["N"] = FullBatch, c.batch
	case timing.Time != nil && timing.MaxPart == 1:
		f = Flow
	case timing.Time != nil:
		f, sizes["B"] = Diffusion, c.batch
	case timing.MaxPart == 2:
		f = GaussianNoise
	default:
		f, sizes["B"] = OneEpoch, c.batch
	}
	return f, sizes, true
}
