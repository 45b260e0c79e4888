package diagram_test

import (
	"fmt"
	"testing"

	"github.com/perturb-go/perturb/diagram"
)

func BenchmarkAll(b *testing.B) {
	run := func(name string, edges int, options diagram.Options) {
		b.Run(fmt.Sprintf("%s/edges=%d", name, edges), func(b *testing.B) {
			b.ReportAllocs()
			count := 0
			for b.Loop() {
				count = 0
				for range must(diagram.Enumerate(edges, options)) {
					count++
				}
			}
			b.ReportMetric(float64(count), "diagrams")
		})
	}
	for edges := 6; edges <= 8; edges++ {
		run("all", edges, diagram.Options{})
	}
	run("irreducible", 7, diagram.Options{Irreducible: true})
	run("pathcondition", 7, diagram.Options{PathCondition: true})
	run("bridged", 6, diagram.Options{Roots: diagram.Bridged})
}

func BenchmarkParse(b *testing.B) {
	for _, text := range []string{"(0-1)(01)", "(013-2-4-5)(02-12-25-35-45)", "(02-13-46-57-8-9-a)(03-13-23-3a-45-5a-69-78-89-9a)"} {
		b.Run(fmt.Sprintf("edges=%d", parse(text).Edges()), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				diagram.MustParse(text)
			}
		})
	}
}

func BenchmarkCanonical(b *testing.B) {
	for _, test := range hardCases() {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := diagram.New(test.parent, test.part); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSymmetry(b *testing.B) {
	small := hardCase{name: "cherry", labelled: rawOf(parse("(01-2)(02-12)"))}
	for _, test := range append([]hardCase{small}, hardCases()...) {
		d := test.diagram()
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d.Symmetry()
			}
		})
	}
}

func BenchmarkLeast(b *testing.B) {
	for _, text := range []string{"(0-1)(01)", "(01-2)(02-12)", "(01-23-4)(04-14-24-34)"} {
		d := parse(text)
		s := d.Symmetry()
		colour := make([]int, d.Nodes())
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := s.Least(colour); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCount(b *testing.B) {
	for _, edges := range []int{10, 20} {
		b.Run(fmt.Sprintf("edges=%d", edges), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := diagram.Count(edges, diagram.Single); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
