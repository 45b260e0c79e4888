package diagram_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/perturb-go/perturb/diagram"
)

// Memory does not grow with the number of diagrams: B/op is what passes through.
func BenchmarkAll(b *testing.B) {
	run := func(name string, options diagram.Options) {
		b.Run(name, func(b *testing.B) {
			edges := 0
			must(fmt.Sscanf(name[strings.Index(name, "edges="):], "edges=%d", &edges))
			b.ReportAllocs()
			count := 0
			for b.Loop() {
				count = 0
				for range enumerateAut(edges, options) {
					count++
				}
			}
			b.ReportMetric(float64(count), "diagrams")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/diagram")
		})
	}
	run("edges=7", diagram.Options{})
	run("edges=8", diagram.Options{})
	run("edges=9", diagram.Options{})
	run("edges=10", diagram.Options{})
	run("workers=2/edges=9", diagram.Options{Workers: 2})
	run("workers=2/edges=10", diagram.Options{Workers: 2})
	run("irreducible/edges=9", diagram.Options{Irreducible: true})
	run("pathcondition/edges=8", diagram.Options{PathCondition: true})
	run("bridged/edges=7", diagram.Options{Roots: diagram.Bridged})
	run("trees/edges=15", diagram.Options{MaxPart: 1})
	for _, edges := range []int{9, 10} {
		b.Run(fmt.Sprintf("shards=2/edges=%d", edges), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var group sync.WaitGroup
				for _, shard := range must(diagram.EnumerateShards(context.Background(), edges, diagram.Options{}, 2)) {
					group.Add(1)
					go func() {
						defer group.Done()
						for range shard {
						}
					}()
				}
				group.Wait()
			}
		})
	}
	b.Run("plain/edges=9", func(b *testing.B) {
		for b.Loop() {
			for range plainDiagrams(9) {
			}
		}
	})
}

// With the order of the group, as Canonical.
func BenchmarkParse(b *testing.B) {
	for _, text := range []string{"(0-1)(01)", "(013-2-4-5)(02-12-25-35-45)", "(02-13-46-57-8-9-a)(03-13-23-3a-45-5a-69-78-89-9a)"} {
		b.Run(fmt.Sprintf("edges=%d", parse(text).Edges()), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				diagram.MustParse(text).Aut()
			}
		})
	}
}

func BenchmarkCanonical(b *testing.B) {
	for _, test := range append(hardCases(), randomCases()...) {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(diagram.New(test.parent, test.part)).Aut()
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
	run := func(name string, edges int, options diagram.Options) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(options.Count(context.Background(), edges))
			}
		})
	}
	for _, edges := range []int{10, 20, 30, 40} {
		run(fmt.Sprintf("edges=%d", edges), edges, diagram.Options{})
		run(fmt.Sprintf("irreducible/edges=%d", edges), edges, diagram.Options{Irreducible: true})
	}
	run("tied/edges=40", 40, diagram.Options{Roots: diagram.Tied})
	run("bridged/edges=40", 40, diagram.Options{Roots: diagram.Bridged})
}
