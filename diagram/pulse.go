package diagram

import "context"

// A pulse asks now and then whether a context has ended.
type pulse struct {
	ctx  context.Context
	work int // since it last asked
	dead bool
}

// period is the work, in units of a microsecond or less, from one look at the context to
// the next.
const period = 1 << 10

// beats reports whether to go on after a unit of work.
func (p *pulse) beats() bool {
	if p.work++; p.work >= period {
		p.work = 0
		p.dead = p.dead || p.ctx.Err() != nil
	}
	return !p.dead
}
