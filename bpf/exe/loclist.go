package exe

import "math"

// Kinds of entries of lists of locations in DWARF 5.
const (
	listEnd          = 0
	listBaseIndex    = 1
	listStartEndIdx  = 2
	listStartLenIdx  = 3
	listOffsetPair   = 4
	listDefault      = 5
	listBaseAddress  = 6
	listStartEnd     = 7
	listStartLength  = 8
	listViewPair     = 9 // GNU's
	maxListed        = 1 << 16
	bytesPerListWord = 4
)

// listOffset is where the list of an index begins in .debug_loclists.
func (d *debug) listOffset(u *unit, index int64) (int64, bool) {
	at := u.listBase + bytesPerListWord*index
	if index < 0 || index > math.MaxInt32 || at < 0 || at+bytesPerListWord > int64(len(d.loclists)) {
		return 0, false
	}
	return u.listBase + int64(d.order.Uint32(d.loclists[at:])), true
}

// listed is the expression that a list of locations has for an address.
func (d *debug) listed(u *unit, at int64, address uint64) ([]byte, error) {
	data := d.loc
	if u.version5 {
		data = d.loclists
	}
	if at < 0 || at >= int64(len(data)) {
		return nil, errTorn
	}
	r := &reader{data: data[at:], order: d.order}
	if u.version5 {
		return d.listed5(u, r, address)
	}
	return listed4(u, r, address)
}

// listed4 reads a list of DWARF 2 to 4: pairs of addresses with an expression each.
func listed4(u *unit, r *reader, address uint64) ([]byte, error) {
	base := u.base
	for range maxListed {
		low, high := r.uint64(), r.uint64()
		switch {
		case r.torn:
			return nil, errTorn
		case low == 0 && high == 0:
			return nil, errOptimized
		case low == math.MaxUint64:
			base = high
			continue
		}
		expr := r.bytes(uint64(r.uint16()))
		if base+low <= address && address < base+high {
			return expr, nil
		}
	}
	return nil, errTorn
}

// listed5 reads a list of DWARF 5.
func (d *debug) listed5(u *unit, r *reader, address uint64) ([]byte, error) {
	base := u.base
	for range maxListed {
		var low, high uint64
		kind := r.uint8()
		switch kind {
		case listEnd:
			return nil, errOptimized
		case listBaseIndex:
			base, _ = d.addressAt(u, r.uleb())
			continue
		case listBaseAddress:
			base = r.uint64()
			continue
		case listViewPair:
			r.uleb()
			r.uleb()
			continue
		case listStartEndIdx:
			low, _ = d.addressAt(u, r.uleb())
			high, _ = d.addressAt(u, r.uleb())
		case listStartLenIdx:
			low, _ = d.addressAt(u, r.uleb())
			high = low + r.uleb()
		case listOffsetPair:
			low, high = base+r.uleb(), base+r.uleb()
		case listDefault:
			high = math.MaxUint64
		case listStartEnd:
			low, high = r.uint64(), r.uint64()
		case listStartLength:
			low = r.uint64()
			high = low + r.uleb()
		default:
			return nil, errTorn
		}
		expr := r.bytes(r.uleb())
		if r.torn {
			return nil, errTorn
		}
		if low <= address && address < high {
			return expr, nil
		}
	}
	return nil, errTorn
}
