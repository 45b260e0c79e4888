// The innermost loops of products of matrices, with AVX2 and FMA. What is left of a row
// after whole registers is loaded and stored by masks. The loops are in dot4_amd64.h and
// axpy4_amd64.h, in terms of
//
//	SIZE   the logarithm of the bytes of a number
//	LANES  how many numbers a register holds, REST one less
//	PAIR   the logarithm of how many two of them hold
//
// and of the instructions for numbers of that size.

#include "textflag.h"

// Ones up to the middle, then zeros: what a masked load of n elements takes begins n
// elements before the middle.
DATA masks<>+0(SB)/8, $-1
DATA masks<>+8(SB)/8, $-1
DATA masks<>+16(SB)/8, $-1
DATA masks<>+24(SB)/8, $-1
DATA masks<>+32(SB)/8, $0
DATA masks<>+40(SB)/8, $0
DATA masks<>+48(SB)/8, $0
DATA masks<>+56(SB)/8, $0
GLOBL masks<>(SB), RODATA|NOPTR, $64

#define SIZE $2
#define LANES $8
#define REST $7
#define PAIR $4
#define MOVE VMOVUPS
#define PART VMASKMOVPS
#define SPREAD VBROADCASTSS
#define FMA VFMADD231PS
#define ADD VADDPS
#define MUL VMULPS

// func dot4x32(k int, x, b, out *float32, scale float32, add bool)
TEXT ·dot4x32(SB), NOSPLIT, $0-37
	MOVQ k+0(FP), CX
	MOVQ x+8(FP), SI
	MOVQ b+16(FP), R8
	MOVQ out+24(FP), DI
#include "dot4_amd64.h"
	VHADDPS Y1, Y0, Y0
	VHADDPS Y3, Y2, Y2
	VHADDPS Y2, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDPS X1, X0, X0
	VBROADCASTSS scale+32(FP), X2
	VMULPS X2, X0, X0
	MOVBLZX add+36(FP), AX
	TESTL AX, AX
	JZ   store
	VADDPS (DI), X0, X0

store:
	VMOVUPS X0, (DI)
	VZEROUPPER
	RET

// func axpy4x32(k int, y, b, c *float32, stride int, scale float32)
TEXT ·axpy4x32(SB), NOSPLIT, $0-44
	MOVQ k+0(FP), CX
	MOVQ y+8(FP), DI
	MOVQ b+16(FP), R8
	MOVQ c+24(FP), SI
	MOVQ stride+32(FP), BX
	VBROADCASTSS scale+40(FP), Y0
#include "axpy4_amd64.h"

#undef SIZE
#undef LANES
#undef REST
#undef PAIR
#undef MOVE
#undef PART
#undef SPREAD
#undef FMA
#undef ADD
#undef MUL
#define SIZE $3
#define LANES $4
#define REST $3
#define PAIR $3
#define MOVE VMOVUPD
#define PART VMASKMOVPD
#define SPREAD VBROADCASTSD
#define FMA VFMADD231PD
#define ADD VADDPD
#define MUL VMULPD

// func dot4x64(k int, x, b, out *float64, scale float64, add bool)
TEXT ·dot4x64(SB), NOSPLIT, $0-41
	MOVQ k+0(FP), CX
	MOVQ x+8(FP), SI
	MOVQ b+16(FP), R8
	MOVQ out+24(FP), DI
#include "dot4_amd64.h"
	VHADDPD Y1, Y0, Y0
	VHADDPD Y3, Y2, Y2
	VPERM2F128 $0x20, Y2, Y0, Y1
	VPERM2F128 $0x31, Y2, Y0, Y3
	VADDPD Y1, Y3, Y0
	VBROADCASTSD scale+32(FP), Y2
	VMULPD Y2, Y0, Y0
	MOVBLZX add+40(FP), AX
	TESTL AX, AX
	JZ   store
	VADDPD (DI), Y0, Y0

store:
	VMOVUPD Y0, (DI)
	VZEROUPPER
	RET

// func axpy4x64(k int, y, b, c *float64, stride int, scale float64)
TEXT ·axpy4x64(SB), NOSPLIT, $0-48
	MOVQ k+0(FP), CX
	MOVQ y+8(FP), DI
	MOVQ b+16(FP), R8
	MOVQ c+24(FP), SI
	MOVQ stride+32(FP), BX
	VBROADCASTSD scale+40(FP), Y0
#include "axpy4_amd64.h"
