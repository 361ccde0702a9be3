package decode

import "strconv"

const typeBits = 0xf // of socket(2)'s type, below its flags

var socketTypes = Set{
	{Text: "SOCK_STREAM", Value: 1}, {Text: "SOCK_DGRAM", Value: 2}, {Text: "SOCK_RAW", Value: 3}, {Text: "SOCK_RDM", Value: 4},
	{Text: "SOCK_SEQPACKET", Value: 5}, {Text: "SOCK_DCCP", Value: 6}, {Text: "SOCK_PACKET", Value: 10},
}

// AppendSockType appends a socket's type and the flags beside it, sock_flags.
func AppendSockType(dst []byte, names Names, v int64) []byte {
	dst = AppendEnum(dst, socketTypes, v&typeBits)
	if flags := uint32(v) &^ typeBits; flags != 0 {
		dst = AppendFlags(append(dst, '|'), names("sock_flags"), int64(flags))
	}
	return dst
}

var protocols = Set{
	{Text: "IPPROTO_IP", Value: 0}, {Text: "IPPROTO_ICMP", Value: 1}, {Text: "IPPROTO_IGMP", Value: 2}, {Text: "IPPROTO_IPIP", Value: 4},
	{Text: "IPPROTO_TCP", Value: 6}, {Text: "IPPROTO_EGP", Value: 8}, {Text: "IPPROTO_PUP", Value: 12}, {Text: "IPPROTO_UDP", Value: 17},
	{Text: "IPPROTO_IDP", Value: 22}, {Text: "IPPROTO_TP", Value: 29}, {Text: "IPPROTO_DCCP", Value: 33}, {Text: "IPPROTO_IPV6", Value: 41},
	{Text: "IPPROTO_ROUTING", Value: 43}, {Text: "IPPROTO_FRAGMENT", Value: 44}, {Text: "IPPROTO_RSVP", Value: 46}, {Text: "IPPROTO_GRE", Value: 47},
	{Text: "IPPROTO_ESP", Value: 50}, {Text: "IPPROTO_AH", Value: 51}, {Text: "IPPROTO_ICMPV6", Value: 58}, {Text: "IPPROTO_NONE", Value: 59},
	{Text: "IPPROTO_DSTOPTS", Value: 60}, {Text: "IPPROTO_MTP", Value: 92}, {Text: "IPPROTO_BEETPH", Value: 94}, {Text: "IPPROTO_ENCAP", Value: 98},
	{Text: "IPPROTO_PIM", Value: 103}, {Text: "IPPROTO_COMP", Value: 108}, {Text: "IPPROTO_L2TP", Value: 115}, {Text: "IPPROTO_SCTP", Value: 132},
	{Text: "IPPROTO_UDPLITE", Value: 136}, {Text: "IPPROTO_MPLS", Value: 137}, {Text: "IPPROTO_ETHERNET", Value: 143}, {Text: "IPPROTO_RAW", Value: 255},
	{Text: "IPPROTO_MPTCP", Value: 262},
}

// AppendSockProtocol appends a socket's protocol: by name in the families of the
// internet, else a number.
func AppendSockProtocol(dst []byte, family, protocol int64) []byte {
	if family == afInet || family == afInet6 {
		return AppendEnumDecimal(dst, protocols, protocol)
	}
	return strconv.AppendInt(dst, protocol, 10)
}
