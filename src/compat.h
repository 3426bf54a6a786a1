/*
 * compat.h
 *		The only file that looks at PG_VERSION_NUM.
 */
#ifndef OMS_COMPAT_H
#define OMS_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "oms needs PostgreSQL 15 or later"
#endif

#endif							/* OMS_COMPAT_H */
