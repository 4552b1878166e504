package client

// itemKey identifies an item of a list by its id, or by its unique id if the
// service's release sends no other. It is zero for an item that has neither.
type itemKey struct {
	id       int64
	uniqueID string
}

// itemSet is a set of items that stays small for millions of them: ids are close
// to each other, so one word holds 64 of them.
type itemSet struct {
	ids       map[int64]uint64
	uniqueIDs map[string]struct{}
}

// has reports whether the item was added. It does not know items with the zero
// key.
func (s *itemSet) has(key itemKey) bool {
	if key.id != 0 {
		return s.ids[key.id>>6]&(1<<(key.id&63)) != 0
	}
	_, ok := s.uniqueIDs[key.uniqueID]
	return ok
}

// add adds an item, and reports whether the item is new. An item with the zero key always is.
func (s *itemSet) add(key itemKey) bool {
	switch {
	case key.id != 0:
		if s.ids == nil {
			s.ids = map[int64]uint64{}
		}
		word, bit := key.id>>6, uint64(1)<<(key.id&63)
		if s.ids[word]&bit != 0 {
			return false
		}
		s.ids[word] |= bit
	case key.uniqueID != "":
		if s.uniqueIDs == nil {
			s.uniqueIDs = map[string]struct{}{}
		}
		if _, ok := s.uniqueIDs[key.uniqueID]; ok {
			return false
		}
		s.uniqueIDs[key.uniqueID] = struct{}{}
	}
	return true
}
