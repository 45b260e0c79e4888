// The sums of dot4, for numbers as rows_amd64.s says: Y0, …, Y3 become x·b_0, …, x·b_3, in
// parts that are still to be added up. CX is the length, SI is x, R8 is b.

	MOVQ CX, DX
	SHLQ SIZE, DX
	LEAQ (R8)(DX*1), R9
	LEAQ (R9)(DX*1), R10
	LEAQ (R10)(DX*1), R11
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	MOVQ CX, BX
	SHRQ PAIR, BX
	JZ   half

loop:
	MOVE (SI), Y8
	MOVE 32(SI), Y9
	FMA (R8), Y8, Y0
	FMA 32(R8), Y9, Y4
	FMA (R9), Y8, Y1
	FMA 32(R9), Y9, Y5
	FMA (R10), Y8, Y2
	FMA 32(R10), Y9, Y6
	FMA (R11), Y8, Y3
	FMA 32(R11), Y9, Y7
	ADDQ $64, SI
	ADDQ $64, R8
	ADDQ $64, R9
	ADDQ $64, R10
	ADDQ $64, R11
	DECQ BX
	JNZ  loop

half:
	TESTQ LANES, CX
	JZ    rest
	MOVE (SI), Y8
	FMA (R8), Y8, Y0
	FMA (R9), Y8, Y1
	FMA (R10), Y8, Y2
	FMA (R11), Y8, Y3
	ADDQ $32, SI
	ADDQ $32, R8
	ADDQ $32, R9
	ADDQ $32, R10
	ADDQ $32, R11

rest:
	ANDQ REST, CX
	JZ   fold
	LEAQ masks<>(SB), AX
	SHLQ SIZE, CX
	SUBQ CX, AX
	VMOVDQU 32(AX), Y15
	PART (SI), Y15, Y8
	PART (R8), Y15, Y9
	FMA Y9, Y8, Y0
	PART (R9), Y15, Y9
	FMA Y9, Y8, Y1
	PART (R10), Y15, Y9
	FMA Y9, Y8, Y2
	PART (R11), Y15, Y9
	FMA Y9, Y8, Y3

fold:
	ADD Y4, Y0, Y0
	ADD Y5, Y1, Y1
	ADD Y6, Y2, Y2
	ADD Y7, Y3, Y3
