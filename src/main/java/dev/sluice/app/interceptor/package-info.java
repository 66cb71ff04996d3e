/** The interceptors that come with the gateway; each knows no more than any other's could. */
package dev.sluice.app.interceptor;
