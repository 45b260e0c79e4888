package sim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/perturb-go/perturb/embed"
)

// everything is a specification that draws points, test points and noise.
func everything(t testing.TB) Spec {
	return Spec{
		Landscape: cubic(t), Start: cubicStart, Eta: 0.1, Test: 2, Block: 7,
		Runs: []Run{
			{SGD{embed.Must(embed.SGD(4, 2, 2))}, []int64{2, 4}},
			{Optimizer: Reshuffled{N: 4, E: 2, B: 2}},
			{Optimizer: SDE{T: 2, B: 1}},
		},
		Contrasts: []Contrast{{Snapshot{0, 1}, Snapshot{1, 0}}},
	}
}

const manyTrials = 7*100 + 3

func simulate(t testing.TB, spec Spec, trials int64, o Options) *Result {
	t.Helper()
	r, err := Simulate(context.Background(), spec, trials, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSameBytesForAnyWorkers(t *testing.T) {
	want := simulate(t, everything(t), manyTrials, Options{Workers: 1}).Bytes()
	for _, workers := range []int{2, 3, 8} {
		if got := simulate(t, everything(t), manyTrials, Options{Workers: workers}).Bytes(); !bytes.Equal(got, want) {
			t.Errorf("%d workers: other bytes", workers)
		}
	}
	other := everything(t)
	other.Seed++
	if bytes.Equal(simulate(t, other, manyTrials, Options{}).Bytes(), want) {
		t.Error("another seed: the same bytes")
	}
}

// Shards merged in any order are the whole, twice the same shard included; and estimates
// are bit for bit the same.
func TestSameBytesForAnyShards(t *testing.T) {
	whole := simulate(t, everything(t), manyTrials, Options{})
	want := whole.Bytes()
	for _, shards := range []int64{1, 7, 100} {
		var parts []*Result
		for k := range shards {
			parts = append(parts, simulate(t, everything(t), manyTrials, Options{Shard: k, Shards: shards}))
		}
		r := rand.New(rand.NewPCG(1, 2))
		for range 3 {
			r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
			merged, err := Merge(append(parts, parts[0])...)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(merged.Bytes(), want) {
				t.Errorf("%d shards: other bytes", shards)
			}
			a, errA := merged.Estimate(Snapshot{0, 1}, Gap, Reduced)
			b, errB := whole.Estimate(Snapshot{0, 1}, Gap, Reduced)
			if a != b || errA != nil || errB != nil {
				t.Errorf("%d shards: estimate %v, %v; of the whole %v, %v", shards, a, errA, b, errB)
			}
		}
	}
	back, err := FromBytes(everything(t), want)
	if err != nil || !bytes.Equal(back.Bytes(), want) || back.Trials() != manyTrials {
		t.Errorf("read back: %d trials, %v", back.Trials(), err)
	}
	if _, err := FromBytes(everything(t), want[:len(want)-1]); !errors.Is(err, ErrResult) {
		t.Errorf("cut short: %v", err)
	}
	if _, err := FromBytes(everything(t), append(want, want[:len(want)/101]...)); !errors.Is(err, ErrResult) {
		t.Errorf("a block twice: %v", err)
	}
	other := everything(t)
	other.Eta = 0.2
	if _, err := Merge(whole, simulate(t, other, 7, Options{})); !errors.Is(err, ErrResult) {
		t.Errorf("merging different experiments: %v", err)
	}
}

// Trials are the same whatever block they are in and however many there are: the first of
// a longer run.
func TestBlocksOfALongerRun(t *testing.T) {
	short, long := simulate(t, everything(t), 21, Options{}).Bytes(), simulate(t, everything(t), 70, Options{}).Bytes()
	if !bytes.HasPrefix(long, short) {
		t.Error("the first blocks of a longer run differ")
	}
}

// A folder of blocks is used, mended where it is damaged, and extended.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	spec := everything(t)
	simulate(t, spec, 52, Options{Dir: dir})
	// The last block had 3 trials, and now has 7; one block is cut short, one is another's.
	names, err := filepath.Glob(filepath.Join(dir, "*.block"))
	if err != nil || len(names) != 8 {
		t.Fatalf("files %v, %v", names, err)
	}
	data, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(names[1], data, 0o666), os.WriteFile(names[2], data[:100], 0o666)); err != nil {
		t.Fatal(err)
	}
	var last Progress
	resumed := simulate(t, spec, manyTrials, Options{Dir: dir, Workers: 1, Progress: func(p Progress) { last = p }})
	if !bytes.Equal(resumed.Bytes(), simulate(t, spec, manyTrials, Options{}).Bytes()) {
		t.Error("resumed: other bytes")
	}
	if want := (Progress{Done: manyTrials, Total: manyTrials, Found: 35}); last != want {
		t.Errorf("progress %+v, want %+v", last, want)
	}
}

// victim is the environment variable that makes TestVictim run trials into a folder.
const victim = "PERTURB_SIM_VICTIM"

func victimSpec(t testing.TB) (Spec, int64) {
	spec := everything(t)
	spec.Block = 100
	return spec, 6000
}

// TestVictim is the process that TestKill kills.
func TestVictim(t *testing.T) {
	dir := os.Getenv(victim)
	if dir == "" {
		t.Skip("run by TestKill")
	}
	spec, trials := victimSpec(t)
	simulate(t, spec, trials, Options{Dir: dir})
}

// A run that is killed at random moments, again and again, ends with the same bytes.
func TestKill(t *testing.T) {
	spec, trials := victimSpec(t)
	began := time.Now()
	want := simulate(t, spec, trials, Options{}).Bytes()
	took := time.Since(began)
	kills := 3
	if long() {
		kills = 100
	}
	r := rand.New(rand.NewPCG(uint64(began.UnixNano()), 0))
	dir, killed := t.TempDir(), 0
	for killed < kills {
		command := exec.Command(os.Args[0], "-test.run=^TestVictim$")
		command.Env = append(os.Environ(), victim+"="+dir)
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(r.Int64N(int64(took/2 + 20*time.Millisecond))))
		command.Process.Kill()
		if err := command.Wait(); err != nil {
			killed++
			continue
		}
		// It came to the end: check, and begin again.
		checkFolder(t, spec, trials, dir, want)
		dir = t.TempDir()
	}
	checkFolder(t, spec, trials, dir, want)
}

// checkFolder resumes a run, and looks for what should not be left.
func checkFolder(t *testing.T, spec Spec, trials int64, dir string, want []byte) {
	t.Helper()
	if got := simulate(t, spec, trials, Options{Dir: dir}).Bytes(); !bytes.Equal(got, want) {
		t.Fatal("after kills: other bytes")
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !strings.HasSuffix(name, ".block") {
			t.Errorf("left behind: %s", name)
		}
	}
	if int64(len(names)) != trials/spec.Block {
		t.Errorf("%d files for %d blocks", len(names), trials/spec.Block)
	}
}

// A cancelled context ends a run within a trial, whose steps would take minutes, be they
// many or each of them long, and leaves no goroutine behind.
func TestCancel(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, o := range []Optimizer{
		SGD{embed.Must(embed.GD(1, 1<<31-1))}, SGD{embed.Must(embed.GD(1<<18, 1<<20))}, GDC{1 << 18, 1 << 20, 1},
		Regularized{STIC, 1 << 10, 1 << 20}, SDE{T: 1 << 20, B: 1, Refine: 1 << 18}, ODE{T: 1 << 20, Refine: 1 << 16},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(20*time.Millisecond, cancel)
		began := time.Now()
		_, err := Simulate(ctx, Spec{Landscape: Archimedes{}, Eta: 1e-9, Runs: []Run{{Optimizer: o}}}, 100, Options{Workers: 2})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v: error %v", o, err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%v: took %v to stop", o, took)
		}
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// The first trials of a seed are always the same: the hash of their bytes, as first
// computed. It changes only with the meaning of a specification, and then so must the
// version that the hash of a specification begins with.
func TestFirstTrials(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors may round otherwise")
	}
	got := fmt.Sprintf("%x", sha256.Sum256(simulate(t, everything(t), 20, Options{}).Bytes()))
	if want := "2267f8e94a7cbaa3265e6d0dc5df42febe76c6f390e39bb68ff419a8460a877e"; got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
}
