// Package stops tests that long calls end soon after their context.
package stops

import (
	"context"
	"errors"
	"testing"
	"time"
)

// Within is how long after the end of its context a call may go on. The race detector
// makes programs up to twenty times slower, and that much is then allowed.
const Within = slower * 100 * time.Millisecond

// tries is how often a call is made of which the best counts: other programs may take the
// processor.
const tries = 10

// Check makes a call whose context lasts for a while. It is an error of the test if the call
// goes on for longer than Within after that, and a fatal one if it ends otherwise than with
// the context's error.
func Check(t *testing.T, after time.Duration, do func(ctx context.Context) error) {
	t.Helper()
	least := time.Duration(1 << 62)
	for range tries {
		late, err := lateness(after, do)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("after %v: error %v, want the context's", after, err)
		}
		if least = min(least, late); least <= Within {
			return
		}
	}
	t.Errorf("after %v: %v late", after, least)
}

func lateness(after time.Duration, do func(ctx context.Context) error) (time.Duration, error) {
	deadline := time.Now().Add(after)
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	err := do(ctx)
	return time.Since(deadline), err
}
