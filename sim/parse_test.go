package sim

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
)

func TestParseOptimizer(t *testing.T) {
	for text, want := range map[string]Optimizer{
		"sgd N=10 E=2 B=5":                SGD{embed.Must(embed.SGD(10, 2, 5))},
		"sgd N=10 rate=1/2":               SGD{embed.Must(embed.SGD(10, 1, 1)).Scale(big.NewRat(1, 2))},
		"gd N=10 T=20":                    SGD{embed.Must(embed.GD(10, 20))},
		"gd T=0 N=3":                      SGD{embed.Must(embed.GD(3, 0))},
		"reshuffled N=4 E=2 B=2 rate=0.5": Reshuffled{4, 2, 2, big.NewRat(1, 2)},
		"reshuffled N=4":                  Reshuffled{4, 1, 1, nil},
		"gdc N=4 T=8":                     GDC{4, 8, 1},
		" stic  N=4 T=8":                  Regularized{STIC, 4, 8},
		"tic N=4 T=8":                     Regularized{TIC, 4, 8},
		"ode T=3":                         ODE{3, 16},
		"sde T=3 B=2 refine=4":            SDE{3, 2, 4},
		"gaussian T=3":                    Gaussian{3},
		`{"N":1,"T":2,"cells":[{"n":0,"t":1,"weight":"1/3"}]}`: SGD{embed.Must(embed.New(1, 2, []embed.Cell{{N: 0, T: 1, Weight: big.NewRat(1, 3)}}))},
	} {
		o, err := ParseOptimizer(text)
		if err != nil {
			t.Error(err)
			continue
		}
		if o.String() != want.String() || o.Steps() != want.Steps() || o.Rows() != want.Rows() {
			t.Errorf("%q is %v, want %v", text, o, want)
		}
	}
	for text, culprit := range map[string]string{
		"": "", "adam T=3": "adam", "sgd N=0": "N", "sgd N=4 B=3": "B=3", "gdc N=4": "T is missing", "gdc N=1 T=1": "N", "gdc N=4 T=-1": "T=",
		"ode T=1 refine=x": "refine", "sde T=1 T=2": "twice", "sde T=1 N=2": `"N"`, "gaussian 3": "name=value", "tic N=4 T=99999999999": "T=",
		"reshuffled N=3 B=2": "B=2", "reshuffled N=3 rate=x": "rate", `{"N":1`: "", "sde T=1 B=0": "B",
	} {
		_, err := ParseOptimizer(text)
		if !errors.Is(err, ErrOptimizer) || !strings.Contains(err.Error(), culprit) {
			t.Errorf("%q: error %v, which should say %q", text, err, culprit)
		}
	}
}

func FuzzParseOptimizer(f *testing.F) {
	for _, text := range []string{"sgd N=10 E=2 B=5", "gd N=10 T=20 rate=1/2", "reshuffled N=4 E=2 B=2", "gdc N=4 T=8 B=2", "stic N=4 T=8", "ode T=3", "sde T=3 B=2 refine=4", "gaussian T=3", `{"N":1,"T":2,"cells":[]}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := ParseOptimizer(text)
		if err != nil {
			if !errors.Is(err, ErrOptimizer) {
				t.Fatal(err)
			}
			return
		}
		name := o.String()
		if strings.HasPrefix(name, "grid ") {
			return
		}
		if again, err := ParseOptimizer(name); err != nil || again.String() != name {
			t.Fatalf("%q is %q, which is %v, %v", text, name, again, err)
		}
	})
}

func TestParseLandscape(t *testing.T) {
	for _, text := range []string{"gauss", "archimedes", "mean H=0.1 S=10", "ridge H=1 S=1"} {
		if l, err := ParseLandscape(text); err != nil || l.Name() != text {
			t.Errorf("%q: %v, %v", text, l, err)
		}
	}
	if l, err := ParseLandscape("mean"); err != nil || l != (Mean{1, 1}) {
		t.Errorf("mean: %v, %v", l, err)
	}
	for _, text := range []string{"", "moon", "mean H=x", "mean H=Inf", "gauss H=1", "mean H"} {
		if _, err := ParseLandscape(text); !errors.Is(err, ErrLandscape) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseObservable(t *testing.T) {
	for _, o := range []Observable{Test, Train, Gap, Accuracy, Displacement(0), Displacement(12)} {
		if got, err := ParseObservable(o.String()); err != nil || got != o {
			t.Errorf("%v: %v, %v", o, got, err)
		}
	}
	for _, text := range []string{"", "loss", "displacement", "displacement[-1]", "displacement[1]x", "displacement[01]"} {
		if _, err := ParseObservable(text); !errors.Is(err, ErrResult) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// What cannot be run is refused, with the culprit named.
func TestSpecErrors(t *testing.T) {
	good := func() Spec {
		return Spec{Landscape: Gauss{}, Eta: 0.1, Runs: []Run{{Optimizer: SGD{embed.Must(embed.OneEpoch(2))}}}}
	}
	for name, change := range map[string]func(s *Spec){
		"no landscape":   func(s *Spec) { s.Landscape = nil },
		"start":          func(s *Spec) { s.Start = []float64{1, 2} },
		"no runs":        func(s *Spec) { s.Runs = nil },
		"no optimizer":   func(s *Spec) { s.Runs = []Run{{}} },
		"times":          func(s *Spec) { s.Runs[0].Times = []int64{1, 1} },
		"late":           func(s *Spec) { s.Runs[0].Times = []int64{3} },
		"no times":       func(s *Spec) { s.Runs[0].Times = []int64{} },
		"contrast":       func(s *Spec) { s.Contrasts = []Contrast{{Snapshot{0, 0}, Snapshot{0, 1}}} },
		"direction":      func(s *Spec) { s.Directions = [][]float64{{1, 0}} },
		"block":          func(s *Spec) { s.Block = -1 },
		"large block":    func(s *Spec) { s.Block = math.MaxInt64 },
		"bound":          func(s *Spec) { s.Bound = -1 },
		"no bound":       func(s *Spec) { s.Bound = math.Inf(1) },
		"no weights":     func(s *Spec) { s.Landscape = empty{Gauss{}} },
		"test":           func(s *Spec) { s.Test = -1 },
		"controls":       func(s *Spec) { s.Controls = 7 },
		"gradient":       func(s *Spec) { s.Landscape = Mean{math.Inf(1), 1} },
		"hessian":        func(s *Spec) { s.Landscape, s.Start = Gauss{}, []float64{-1e4} },
		"no test points": func(s *Spec) { s.Landscape = opaque{Gauss{}} },
		"no noise": func(s *Spec) {
			s.Landscape, s.Test = opaque{Gauss{}}, 1
			s.Runs[0].Optimizer = Gaussian{2}
		},
	} {
		s := good()
		change(&s)
		if _, err := Simulate(t.Context(), s, 1, Options{}); !errors.Is(err, ErrSpec) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	for name, o := range map[string]Options{"shard": {Shard: 2, Shards: 2}, "shards": {Shards: math.MaxInt64}, "workers": {Workers: -1}} {
		if _, err := Simulate(t.Context(), good(), 1, o); !errors.Is(err, ErrSpec) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := Simulate(t.Context(), good(), 0, Options{}); !errors.Is(err, ErrSpec) {
		t.Errorf("no trials: %v", err)
	}
	s := good()
	s.Block = 1
	if _, err := Simulate(t.Context(), s, 1<<40, Options{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("2^40 blocks: %v", err)
	}
	s = good()
	s.Runs[0].Optimizer = SGD{embed.Must(embed.OneEpoch(1<<31 - 1))}
	if _, err := Simulate(t.Context(), s, 1, Options{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("2^31 points: %v", err)
	}
	s = good()
	s.Runs[0].Optimizer = SGD{embed.Must(embed.New(1, 1<<31-1, []embed.Cell{{Weight: big.NewRat(1, 1)}}))}
	if _, err := Simulate(t.Context(), s, 1, Options{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("2^31 columns: %v", err)
	}
	s = good()
	s.Test = 1 << 40
	if _, err := Simulate(t.Context(), s, 1, Options{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("2^40 test points: %v", err)
	}
	for _, o := range []Optimizer{
		Reshuffled{}, Reshuffled{N: 4, E: 1}, GDC{N: 1}, Regularized{STIC, 1 << 13, 1}, Regularized{7, 4, 1},
		ODE{T: 1, Refine: 1 << 21}, SDE{T: 1}, SDE{T: 1, B: 1, Refine: -1}, Gaussian{-1},
	} {
		s := good()
		s.Runs[0].Optimizer = o
		if _, err := Simulate(t.Context(), s, 1, Options{}); !errors.Is(err, ErrOptimizer) {
			t.Errorf("%#v: %v", o, err)
		}
	}
	// More workers than there is work are as many as there is work for.
	if _, err := Simulate(t.Context(), good(), 10, Options{Workers: math.MaxInt}); err != nil {
		t.Errorf("many workers: %v", err)
	}
}

// empty has no weights.
type empty struct{ Landscape }

func (empty) Dim() int { return 0 }

// What a result or the theory has no value of is an error.
func TestResultErrors(t *testing.T) {
	s := Spec{Landscape: Gauss{}, Eta: 0.1, Runs: []Run{{Optimizer: SGD{embed.Must(embed.OneEpoch(2))}}, {Optimizer: ODE{T: 2}}}}
	r := simulate(t, s, 10, Options{})
	for _, test := range []struct {
		g Group
		o Observable
		e Estimator
	}{
		{nil, Test, Raw}, {Snapshot{2, 0}, Test, Raw}, {Snapshot{0, 1}, Test, Raw}, {Snapshot{-1, 0}, Test, Raw}, {Contrast{}, Test, Raw},
		{Snapshot{}, Displacement(1), Raw}, {Snapshot{}, Displacement(-1), Raw}, {Snapshot{}, Displacement(math.MaxInt), Raw}, {Snapshot{}, -7, Raw},
		{Snapshot{1, 0}, Gap, Raw}, {Snapshot{}, Test, -1}, {Snapshot{}, Test, Raw + 1},
	} {
		if x, err := r.Estimate(test.g, test.o, test.e); !errors.Is(err, ErrResult) {
			t.Errorf("%v of %v, %v: %v, %v", test.o, test.g, test.e, x, err)
		}
	}
	for _, test := range []struct {
		g     Group
		o     Observable
		order int
		want  error
	}{
		{nil, Test, 1, ErrResult}, {Snapshot{2, 0}, Test, 1, ErrResult}, {Snapshot{}, Displacement(-1), 1, ErrResult}, {Contrast{Second: Snapshot{0, 3}}, Test, 1, ErrResult},
		{Snapshot{}, Test, -1, value.ErrOrder}, {Snapshot{}, Test, math.MaxInt, value.ErrOrder}, {Snapshot{1, 0}, Gap, 1, embed.ErrTraining},
	} {
		if x, err := Predict(t.Context(), s, test.g, test.o, test.order, value.Plain); !errors.Is(err, test.want) {
			t.Errorf("order %d of %v of %v: %v, %v", test.order, test.o, test.g, x, err)
		}
	}
	s.Runs[0].Optimizer = Regularized{STIC, 2, 1}
	if _, err := Predict(t.Context(), s, Snapshot{}, Test, 1, value.Plain); !errors.Is(err, ErrTheory) {
		t.Errorf("STIC has a theory: %v", err)
	}
	s.Runs[0].Optimizer = GDC{2, 1, 1}
	if _, err := Predict(t.Context(), s, Snapshot{}, Test, 1, value.Discrete); !errors.Is(err, value.ErrKind) {
		t.Errorf("GDC has discrete values: %v", err)
	}
}

// The text of GDC is that of the dynamics, too.
func TestTextOfGDC(t *testing.T) {
	o := GDC{6, 4, 2}
	d, err := embed.ParseDynamics(o.String())
	if err != nil {
		t.Fatal(err)
	}
	pair := diagram.MustParse("(01-2)(01-12)")
	got, err := d.Count(t.Context(), pair, embed.Cumulant)
	if err != nil {
		t.Fatal(err)
	}
	want, err := o.Dynamics().Count(t.Context(), pair, embed.Cumulant)
	if err != nil || got.Weight.Cmp(want.Weight) != 0 || want.Weight.Cmp(big.NewRat(1, 3)) != 0 { // (C(T,2) − T (N−B)/(2B))/N
		t.Errorf("%v, %v, %v, want 1/3", got.Weight, want.Weight, err)
	}
	if d := (GDC{1, 4, 1}).Dynamics(); d != nil {
		t.Errorf("of one point: %v", d)
	}
}
