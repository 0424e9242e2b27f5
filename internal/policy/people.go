package policy

import "slices"

// Same reports whether two memberships give the same post, for the same person.
func (p Post) Same(q Post) bool {
	return p.AgencyID == q.AgencyID && p.Role == q.Role && p.ForID == q.ForID
}

// Acting is the actor in the post of this ID alone. A post that is not held any
// more, or 0, leaves all of them: so a substitution that has ended leaves the
// actor in their own right. Call it before Below is filled.
func (a Actor) Acting(id int64) Actor {
	if len(a.Posts) < 2 {
		// With one post there is nothing to choose.
		return a
	}
	a.Held = a.Posts
	if i := slices.IndexFunc(a.Posts, func(p Post) bool { return p.ID == id }); i >= 0 {
		a.Chosen, a.Posts, a.ForID = id, a.Posts[i:i+1:i+1], a.Posts[i].ForID
	}
	return a
}

// Turns are the actors as whom an act is tried, in this order: in one's own
// right, then for each person whom the actor stands in for. So the trail names
// somebody else exactly where one's own posts did not suffice. Whoever has
// chosen a post, or stands in for nobody, acts in one way only.
func (a Actor) Turns() []Actor {
	own := slices.DeleteFunc(slices.Clone(a.Posts), func(p Post) bool { return p.ForID != 0 })
	if len(own) == len(a.Posts) || a.Chosen != 0 {
		return []Actor{a}
	}
	first := a
	first.Posts = own
	turns := []Actor{first}
	for _, p := range a.Posts {
		if p.ForID == 0 || slices.ContainsFunc(turns, func(t Actor) bool { return t.ForID == p.ForID }) {
			continue
		}
		turn := a
		turn.ForID = p.ForID
		turn.Posts = slices.DeleteFunc(slices.Clone(a.Posts), func(q Post) bool { return q.ForID != 0 && q.ForID != p.ForID })
		turns = append(turns, turn)
	}
	for i := range turns {
		turns[i].More = i < len(turns)-1
	}
	return turns
}

// viewing is the post in which the actor reads: the first own one that reads,
// else the first that is held for another; the zero post: there is none.
func (a Actor) viewing() Post {
	for _, own := range []bool{true, false} {
		for _, p := range a.Posts {
			if p.Role.Reads() && (p.ForID == 0) == own {
				return p
			}
		}
	}
	return Post{}
}

// Reading is the agency on whose behalf the actor reads: that of a post that
// reads, else of an auditor's with an open decision; 0: there is none.
func (a Actor) Reading() int64 {
	if id := a.viewing().AgencyID; id != 0 || !Audits(a) {
		return id
	}
	return a.At(Auditor)[0]
}

// Reader is the actor as the trail names whoever reads: for somebody else only
// where no own post reads.
func (a Actor) Reader() Actor {
	if a.ForID == 0 {
		a.ForID = a.viewing().ForID
	}
	return a
}

// AllPosts are the posts that the actor may choose from.
func (a Actor) AllPosts() []Post {
	if len(a.Held) > 0 {
		return a.Held
	}
	return a.Posts
}

// Owing are the agencies for which the actor speaks in any post, also one that is
// not chosen now: those whose results the actor never decides on.
func (a Actor) Owing() []int64 {
	return Actor{Posts: a.AllPosts()}.At(FocalPoint, Head)
}

// Persons are the actor and those whom the actor stands in for.
func (a Actor) Persons() []int64 {
	ids := []int64{a.UserID}
	for _, p := range a.Posts {
		if p.ForID != 0 && !slices.Contains(ids, p.ForID) {
			ids = append(ids, p.ForID)
		}
	}
	return ids
}

// HoldsOwn reports whether the actor holds one of the roles at the agency in
// their own right, chosen or not.
func (a Actor) HoldsOwn(agencyID int64, roles ...Role) bool {
	match := func(p Post) bool {
		return p.ForID == 0 && p.AgencyID == agencyID && slices.Contains(roles, p.Role)
	}
	return slices.ContainsFunc(a.Posts, match) || slices.ContainsFunc(a.Held, match)
}

// SeeColleagues: whoever holds a reading post at an agency sees who else works
// there. Administrators have the list of people.
func SeeColleagues(a Actor, agencyID int64) bool {
	return slices.ContainsFunc(a.Posts, func(p Post) bool { return p.AgencyID == agencyID && p.Role.Reads() })
}

// HandOverTask: a focal point or the head of the agency that owes the result.
func HandOverTask(a Actor, t Task) bool { return SubmitTask(a, t) }

// SeeResponsible: the agency's own people, and whoever urges or receives: they
// must know whom to call.
func SeeResponsible(a Actor, t Task) bool {
	return SubmitTask(a, t) || UrgeTask(a, t) || a.HasAt(t.RecipientID, Supervisor)
}

// Substitutable reports whether somebody may stand in for the role at all: an
// auditor reads by a decision in their own name.
func Substitutable(r Role) bool { return r != Auditor }

// NameSubstitute: the holder of a post for themselves, the head of the agency,
// and administrators for those whom they administer (storage knows whom).
// Nobody passes on a post that they hold for another.
func NameSubstitute(a Actor, holder int64, p Post) bool {
	return a.UserID == holder || a.HoldsOwn(p.AgencyID, Head) || ManagePeople(a)
}

// Conflicting reports whether one person may not hold both roles where the
// second's agency decides on the first's results.
func Conflicting(unit, decider Role) bool {
	return (unit == FocalPoint || unit == Head) && (decider == Supervisor || decider == PlanAuthority)
}

// GrantPost: administrators, and never to themselves: neither a role that
// reads nor any other, or an administrator could grow beyond their agencies.
func GrantPost(a Actor, to int64) bool { return ManagePeople(a) && a.UserID != to }
