package scan

import (
	"iter"
	"strconv"
	"unsafe"

	"github.com/iblai/iblai-go/client/api"
)

// Items yields the indexes of an array's items. Before the next one, the body of
// the loop must decode the item. If an item doesn't fit, the array doesn't.
//
// Null has no items. A value of another type has none and doesn't fit.
func (d *Decoder) Items() iter.Seq[int] {
	return func(yield func(int) bool) { d.eachItem(yield) }
}

func (d *Decoder) eachItem(yield func(int) bool) {
	if !d.enter(KindArray) {
		return
	}
	all := converted
	for i, more := 0, d.peek() != ']'; more; i++ {
		if !yield(i) {
			return
		}
		if d.err != nil {
			d.in("[" + strconv.Itoa(i) + "]")
			d.last = converted
			return
		}
		if d.last == misfit {
			all = misfit
		}
		if more = d.peek() == ','; more {
			d.at++
		}
	}
	d.leave(']')
	d.last = all
}

// List returns the items of an array, each as read returns it. Null has none.
func List[T any](d *Decoder, read func(*Decoder) T) []T {
	return Objects(d, func(item *T, d *Decoder) { *item = read(d) })
}

// Objects is [List] for objects: decode decodes the next value into a zero T.
func Objects[T any](d *Decoder, decode func(*T, *Decoder)) []T {
	var items []T
	var zero T
	for range d.Items() {
		d.Build(unsafe.Sizeof(zero))
		if items == nil {
			items = make([]T, 0, max(1, min(2, 256/unsafe.Sizeof(zero)))) // the rows of the list and of one agent in internal/benchmark need it
		}
		items = append(items, zero)
		decode(&items[len(items)-1], d)
	}
	if items == nil && d.last == converted {
		items = []T{} // the array was there
	}
	return items
}

// Map returns the values of an object by their names, each as read returns it.
// Null has none. A value that doesn't fit is left out, and the object is kept
// among the unknown fields.
func Map[T any](d *Decoder, read func(*Decoder) T) map[string]T {
	var values map[string]T
	var unknown *api.Fields
	for _, name := range d.Fields(&unknown) {
		value := read(d)
		if d.last == misfit {
			delete(values, name)
			continue
		}
		if values == nil {
			values = map[string]T{}
		}
		values[name] = value
	}
	if unknown != nil {
		d.last = misfit
	}
	return values
}

// Pointer returns a pointer to what read returns for the next value, or nil if
// it is null or doesn't fit.
func Pointer[T any](d *Decoder, read func(*Decoder) T) *T {
	value := read(d)
	if d.last != converted {
		return nil
	}
	return new(value)
}

// Object is [Pointer] for an object: decode decodes the next value into a zero T.
func Object[T any](d *Decoder, decode func(*T, *Decoder)) *T {
	return Pointer(d, func(d *Decoder) (value T) {
		decode(&value, d)
		return value
	})
}
