package diagram

import "context"

// A pulse asks now and then whether a context has ended.
type pulse struct {
	ctx   context.Context
	count uint
	dead  bool
}

// period is the number of beats, of a microsecond or less each, from one look at the
// context to the next.
const period = 1 << 10

// beats reports whether work may go on.
func (p *pulse) beats() bool {
	p.count++
	if p.count%period == 0 && p.ctx.Err() != nil {
		p.dead = true
	}
	return !p.dead
}
