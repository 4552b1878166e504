package client

// itemKey tells items of a list apart: by their id, or by their unique id where
// a release sends no other. The zero key is of an item that has neither.
type itemKey struct {
	id       int64
	uniqueID string
}

// itemSet is a set of items that stays small over a walk of millions: ids lie
// close together, so one word holds 64 of them.
type itemSet struct {
	ids       map[int64]uint64
	uniqueIDs map[string]struct{}
}

// add reports whether the item is new. What can't be told apart always is.
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
