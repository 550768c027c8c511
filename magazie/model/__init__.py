"""Values and rules of the storeroom: no I/O, no clock, nothing imported from the other rooms."""
