package embed_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

func TestForever(t *testing.T) {
	d := diagram.MustParse("(0-1)(01)")
	for text, rows := range map[string]int64{
		"gd N=10 T=inf": 10, "gd N=1 T=inf rate=1/2": 1, "sgd N=inf": 0, "sgd N=inf B=5": 0,
		"ode T=inf": 0, "sde B=3 T=inf": 0, "gaussian T=inf rate=2": 0,
	} {
		dynamics, err := embed.ParseDynamics(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if n := dynamics.Rows(); n != rows {
			t.Errorf("%s: %d rows, want %d", text, n, rows)
		}
		if c, err := dynamics.Count(context.Background(), d, embed.Cumulant); !errors.Is(err, embed.ErrEndless) {
			t.Errorf("%s: %v, %v; want error %v", text, c, err, embed.ErrEndless)
		}
		timing, ok := embed.TimingOf(dynamics)
		if !ok || !timing.Endless {
			t.Errorf("%s: timing %v, %v", text, timing, ok)
		}
		if _, err := embed.Forever(dynamics); err != nil {
			t.Errorf("%s for ever: %v", text, err)
		}
	}
	for text, want := range map[string]error{
		"sgd N=inf E=2": embed.ErrSize, "reshuffled N=3 E=2 T=inf": embed.ErrSyntax, "sgd N=4 T=inf": embed.ErrSyntax,
		"gd N=inf T=3": embed.ErrSyntax, "gd N=3 T=Inf": embed.ErrSyntax, "ode T=inf T=inf": embed.ErrSyntax, "T=inf": embed.ErrSyntax,
	} {
		if _, err := embed.ParseDynamics(text); !errors.Is(err, want) {
			t.Errorf("%s: %v; want error %v", text, err, want)
		}
	}
}

func ExampleForever() {
	gd, err := embed.GD(10, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := embed.Forever(embed.NewCounter(gd))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = d.Count(context.Background(), diagram.MustParse("(0-1)(01)"), embed.Cumulant)
	fmt.Println(err)
	// Output: embed: there are infinitely many steps: W is not finite
}
